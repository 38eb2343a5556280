/** One challenge of a `WWW-Authenticate` field. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case; the first of a name counts. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The other form of a challenge, without names (`Negotiate abc==`). */
  readonly token68?: string;
}

/**
 * Reads `WWW-Authenticate` (RFC 9110 §11.6.1): any number of challenges in a field, any number of fields; quoted strings with escapes;
 * commas that part challenges as well as parameters. What is malformed ends the field; never fails.
 */
export function parseChallenges(fields: readonly string[]): readonly Challenge[] {
  return fields.flatMap((field) => parseField(field.slice(0, longestField)));
}

/** No server needs more; what is longer is cut. Characters. */
const longestField = 16_384;

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+(?=[ \t,]|$)/y;
const token68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
// Unquoted values are tokens by the RFC; some servers leave URLs unquoted.
const parameter = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z/:?@-][^\s,"]*))/y;
const spaces = /[ \t]*/y;
const separators = /[ \t,]*/y;

function parseField(field: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(field) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };

  take(separators);
  for (let scheme = take(token); scheme; scheme = take(token)) {
    take(spaces);
    const parameters: Record<string, string> = {};
    // Parameters go on until a word comes that no `=` follows: the next challenge's scheme.
    for (let found = take(parameter); found; found = take(parameter)) {
      const name = (found[1] ?? '').toLowerCase();
      parameters[name] ??= found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '';
      take(separators);
    }
    const single = Object.keys(parameters).length === 0 ? take(token68)?.[0] : undefined;
    challenges.push({ scheme: scheme[0].toLowerCase(), parameters, ...(single !== undefined && { token68: single }) });
    take(separators);
  }
  return challenges;
}
