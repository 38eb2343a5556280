/** One link of a `Link` field (RFC 8288). */
export interface Link {
  /** As written: may be relative. */
  readonly target: string;
  /** Relation types, in lower case. */
  readonly relations: readonly string[];
  /** Other parameters; names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** One link with its parameters; an empty parameter, as behind a last `;`, says nothing (RFC 8288 §3). */
const link = /<([^>]*)>((?:[ \t]*;(?:[ \t]*[^\s=;,"]+(?:[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)?)*)[ \t]*(?:,|$)/y;
/** Empty elements of a list are passed over (RFC 9110 §5.6.1.2). */
const emptyElements = /[ \t,]*/y;
const linkParameter = /;[ \t]*([^\s=;,"]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/** Reads `Link` fields (RFC 8288 §3). What is malformed ends its field; never fails. */
export function parseLinks(fields: readonly string[]): readonly Link[] {
  return fields.flatMap((field) => {
    const links: Link[] = [];
    const text = field.trim();
    for (let position = 0; ;) {
      emptyElements.lastIndex = position;
      emptyElements.exec(text);
      link.lastIndex = emptyElements.lastIndex;
      const match = link.exec(text);
      if (match === null) return links;
      position = link.lastIndex;
      const parameters = readParameters(match[2] ?? '');
      const relations = (parameters.rel ?? '')
        .toLowerCase()
        .split(/\s+/)
        .filter((relation) => relation !== '');
      links.push({ target: (match[1] ?? '').trim(), relations, parameters });
    }
  });
}

/**
 * The next page (distribution spec, "Listing Tags"): only of the same origin, since credentials go along. A link to elsewhere is not
 * followed, and says all the same that the list goes on.
 */
export function nextPage(fields: readonly string[] | undefined, current: string): { readonly next?: string; readonly isCut?: boolean } {
  const target = parseLinks(fields ?? []).find(({ relations }) => relations.includes('next'))?.target;
  if (target === undefined) return {};
  const url = URL.canParse(target, current) ? new URL(target, current) : undefined;
  return url?.origin === new URL(current).origin ? { next: url.href } : { isCut: true };
}

function readParameters(text: string): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {};
  for (const match of text.matchAll(linkParameter)) {
    const name = (match[1] ?? '').toLowerCase();
    // The first of a name counts (RFC 8288 §3.3).
    parameters[name] ??= match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '';
  }
  return parameters;
}
