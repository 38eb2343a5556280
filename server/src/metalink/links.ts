import type { DocumentLink } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import { metalinkModel } from './model';
import { userinfoOf } from './values';

/** Addresses that a browser can open: URLs of files, logo and publisher. Those with a password in them are left out. */
export function metalinkLinks({ parsed, source }: MetalinkContext): DocumentLink[] {
  const model = metalinkModel(parsed);
  const urls = model.files.flatMap((file) => [...file.urls, ...file.metaurls]);
  return urls
    .filter(({ url, scheme }) => (scheme === 'http' || scheme === 'https') && userinfoOf(url) === undefined)
    .map(({ url, range }) => ({ range: source.rangeOf(range), target: url }));
}
