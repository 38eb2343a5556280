import type { Settings } from '../settings';

/** A URL made from a template of the settings. */
export interface SiteMirror {
  readonly url: string;
  readonly priority: number;
  readonly location?: string;
}

/** What a template can name. Templates that name something unknown make no URL. */
export interface TemplateValues {
  readonly name: string;
  /** sha-256, hexadecimal. */
  readonly digest?: string;
  /** The first URL of the file: `{host}` and `{path}` are its parts. */
  readonly url?: string;
}

const defaultPriority = 1;

/** The mirrors that `containerMetalink.metalink.mirrors` gives for a file. */
export function siteMirrors(settings: Settings, values: TemplateValues): SiteMirror[] {
  return settings['metalink.mirrors'].flatMap((mirror) => {
    const template = mirror.url;
    if (typeof template !== 'string') return [];
    const url = fillTemplate(template, values);
    if (url === undefined) return [];
    const { priority, location } = mirror;
    return [
      { url, priority: typeof priority === 'number' ? priority : defaultPriority, ...(typeof location === 'string' && { location }) },
    ];
  });
}

/** The URL that a template makes, or undefined when a value that it names is not known. */
export function fillTemplate(template: string, values: TemplateValues): string | undefined {
  const first = values.url !== undefined && URL.canParse(values.url) ? new URL(values.url) : undefined;
  const known: Readonly<Record<string, string | undefined>> = {
    name: values.name.split('/').map(encodeURIComponent).join('/'),
    digest: values.digest,
    host: first?.host,
    path: first?.pathname.replace(/^\//, ''),
  };
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.some((name) => known[name] === undefined)) return undefined;
  const url = template.replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
  return URL.canParse(url) ? url : undefined;
}
