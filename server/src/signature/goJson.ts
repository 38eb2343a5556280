// JSON as Go's encoding/json fills a struct: keys match without case, unknown ones are ignored, `null` leaves a field as it is.

/** A JSON text as Go's Unmarshal takes it: one value and nothing behind it. Undefined when it is malformed. */
export function parseJson(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown };
  } catch {
    return undefined; // malformed: the callers say so in the library's words
  }
}

/** A JSON text as Go's Decoder takes it: the first value, whatever follows. Only objects are looked for. */
export function parseFirstObject(bytes: Uint8Array): unknown {
  const whole = parseJson(bytes);
  if (whole) return whole.value;
  const text = Buffer.from(bytes).toString('utf8');
  const end = firstObjectEnd(text);
  return end === undefined ? undefined : parseJson(Buffer.from(text.slice(0, end)))?.value;
}

function firstObjectEnd(text: string): number | undefined {
  let depth = 0;
  for (let at = text.search(/[^\t\n\r ]/); at >= 0 && at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      for (at++; at < text.length && text.charAt(at) !== '"'; at++) if (text.charAt(at) === '\\') at++;
    } else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
    else if (depth === 0) return undefined;
  }
  return undefined;
}

/** The last member whose key is `name` without regard to case; undefined when there is none or it is null. */
export function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  let found: unknown;
  for (const [key, content] of Object.entries(value)) if (fold(key) === fold(name) && content !== null) found = content;
  return found;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Go's simple folding: besides ASCII, the long s and the Kelvin sign meet Latin letters. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll('\u017f', 's').replaceAll('\u212a', 'k');
}
