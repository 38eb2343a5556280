// Small readers for answers of unknown shape: each gives the value when it is of that type, and nothing otherwise.

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text without control characters; empty is nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(value) ? value : undefined;
}

/** A whole number from 0 to 2^53−1, also when it is written as text (Singularity Hub does). */
export function wholeNumberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
