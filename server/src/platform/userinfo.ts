/** The value of a Basic authorization from a URL's userinfo, percent-decoded; undefined without userinfo. Never throws. */
export function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  return `Basic ${Buffer.from(`${percentDecoded(url.username)}:${percentDecoded(url.password)}`).toString('base64')}`;
}

/** A part of a URL as it was meant: one with a bare `%`, as in a password, is taken as it stands. Never throws. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
