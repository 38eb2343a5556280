import type { Platform } from './summary';

/** `linux/arm64/v8`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return `${os}/${architecture}${variant ? `/${variant}` : ''}`;
}

/** Reads `linux/arm64`, `arm64`, `linux/arm/v7`. Undefined when it is none of these. */
export function parsePlatform(text: string): Platform | undefined {
  const parts = text.trim().toLowerCase().split('/');
  if (parts.some((part) => !/^[a-z0-9._-]+$/.test(part)) || parts.length > 3) return undefined;
  const [first = '', second, variant] = parts;
  if (second === undefined) return { os: 'linux', architecture: first };
  return { os: first, architecture: second, ...(variant !== undefined && { variant }) };
}
