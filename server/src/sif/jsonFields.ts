// Reading JSON that an image carries: nothing in it is taken for granted.

/** A JSON object, or undefined for anything else, unreadable text included. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined; // no JSON: the callers say so
  }
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The members of an object that are texts, numbers or booleans, as texts. */
export function asTexts(value: unknown): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const [key, member] of Object.entries(asObject(value) ?? {})) {
    if (typeof member === 'string') texts.push([key, member]);
    else if (typeof member === 'number' || typeof member === 'boolean') texts.push([key, String(member)]);
  }
  return Object.fromEntries(texts);
}
