import type { ReferenceScheme } from './referenceModel';
import { webPageReference } from './referenceHosts';
import type { ReferenceReader } from './referenceReader';
import { reportFlaw } from './referenceReader';
import { nearest } from '../text/nearest';
import { t } from '../text/l10n';
import { referenceSchemes } from './referenceModel';

/** Schemes that name something in the network, with `://`; the others are `scheme:path`. */
const slashSchemes: readonly string[] = ['docker', 'oras', 'library', 'shub', 'http', 'https', 'ipfs'];

export function isScheme(text: string | undefined): text is ReferenceScheme {
  return (referenceSchemes as readonly (string | undefined)[]).includes(text);
}

/** Finds the scheme and where the reference begins behind it; undefined, with a problem reported where one is due, when there is none. */
export function readScheme(reader: ReferenceReader): { readonly scheme: ReferenceScheme; readonly bodyStart: number } | undefined {
  const { text, options } = reader;
  if (options.agent !== undefined) return isScheme(options.agent) ? readAfterAgent(reader, options.agent) : undefined;

  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(\/*)/.exec(text);
  const word = match?.[1] ?? '';
  const slashes = match?.[2]?.length ?? 0;
  if (match && isScheme(word) && !(slashes < 2 && options.defaultScheme !== undefined && looksLikeTag(text, word))) {
    reader.setParts({ scheme: reader.part(0, word.length) });
    return checkSlashes(reader, word, slashes);
  }
  if (match && slashes >= 2) {
    reportUnknownScheme(reader, word);
    return undefined;
  }
  const missingColon = referenceSchemes.find((scheme) => slashSchemes.includes(scheme) && text.startsWith(`${scheme}//`));
  if (missingColon) {
    const message = t('A colon is missing behind `{0}`.', missingColon);
    const fix = { title: t('Change to `{0}`', `${missingColon}://`), replacement: `${missingColon}://` };
    reader.problem({ code: 'build/reference-scheme', start: 0, end: missingColon.length + 2, message, fix });
    return undefined;
  }
  if (options.defaultScheme !== undefined) return { scheme: options.defaultScheme, bodyStart: 0 };
  reportNoScheme(reader);
  return undefined;
}

/** `oci:latest` on a command line with a default scheme may be an image named like a scheme; `docker:/x` is not. */
function looksLikeTag(text: string, word: string): boolean {
  return /^\w[\w.-]*$/.test(text.slice(word.length + 1)) && slashSchemes.includes(word);
}

function checkSlashes(reader: ReferenceReader, scheme: ReferenceScheme, slashes: number) {
  const bodyStart = scheme.length + 1;
  if (!slashSchemes.includes(scheme)) return { scheme, bodyStart };
  if (slashes === 2 || (slashes > 2 && scheme !== 'docker' && scheme !== 'oras')) return { scheme, bodyStart: bodyStart + 2 };
  const end = bodyStart + slashes;
  const rest = reader.text.slice(end);
  const message =
    scheme === 'docker' && slashes < 2
      ? t(
          'Two slashes belong behind `{0}:`: the engine stops with "image reference {1} does not start with //".',
          scheme,
          reader.text.slice(bodyStart),
        )
      : t('Exactly two slashes belong behind `{0}:`. Did you mean `{1}`?', scheme, `${scheme}://${rest}`);
  const fix = { title: t('Change to `{0}`', `${scheme}://${rest}`), replacement: `${scheme}://` };
  reader.problem({ code: 'build/reference-slashes', start: 0, end, message, fix });
  return { scheme, bodyStart: end };
}

function reportUnknownScheme(reader: ReferenceReader, word: string): void {
  const meant = nearest(word, referenceSchemes);
  const stops = t('The engines do not know the scheme `{0}://`.', word);
  const help =
    meant === undefined
      ? t('They know {0}.', referenceSchemes.map((scheme) => `\`${scheme}\``).join(', '))
      : t('Did you mean `{0}`?', meant);
  reader.setParts({ scheme: reader.part(0, word.length) });
  reportFlaw(reader, 0, word.length, {
    code: 'build/reference-scheme',
    message: `${stops} ${help}`,
    ...(meant !== undefined && { replacement: meant }),
  });
}

function reportNoScheme(reader: ReferenceReader): void {
  const { text } = reader;
  if (text === '') {
    reader.problem({ code: 'build/reference-empty', start: 0, end: 0, message: t('The reference is empty.') });
    return;
  }
  const page = webPageReference(text);
  const meant = page === undefined ? `docker://${text}` : page.includes('://') ? page : `docker://${page}`;
  const fix = { title: t('Change to `{0}`', meant), replacement: meant };
  const message = t('The scheme is missing: the engines take `{0}` for a path. Did you mean `{1}`?', text, meant);
  reader.problem({ code: 'build/reference-no-scheme', start: 0, end: text.length, message, fix });
}

/**
 * In a recipe the agent is the scheme. Only the library agent takes a `library://` before the name off again
 * (A/S `library.go` splitHostNameAndPath); the others make `docker://docker://…` of it.
 */
function readAfterAgent(reader: ReferenceReader, agent: ReferenceScheme) {
  const { text } = reader;
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text);
  if (!match) return { scheme: agent, bodyStart: 0 };
  const [prefix, word = ''] = match;
  if (agent === 'library' && word === 'library') {
    reader.setParts({ scheme: reader.part(0, word.length) });
    return { scheme: agent, bodyStart: prefix.length };
  }
  const rest = text.slice(prefix.length);
  const replacement = webPageReference(rest) ?? rest;
  const message =
    word === agent
      ? t('`From` holds the name alone: the engine puts `{0}://` before it and stops at `{0}://{0}://…`.', agent)
      : t('`From` holds the name alone; where it comes from is said by `Bootstrap`, which is `{0}` here and not `{1}`.', agent, word);
  const fix = { title: t('Change to `{0}`', replacement), replacement, start: 0, end: text.length };
  reader.problem({ code: 'build/reference-scheme-in-from', start: 0, end: prefix.length, message, fix });
  return undefined;
}

/** Reports quotes around the whole, white space, control and invisible characters; whether there were any. They would end up in paths and header fields of requests. */
export function reportCharacters(reader: ReferenceReader, scheme: ReferenceScheme): boolean {
  const bare = /^(["'])([^"']+)\1$/.exec(reader.text)?.[2];
  if (bare !== undefined) {
    reader.problem({
      code: 'build/reference-characters',
      start: 0,
      end: reader.text.length,
      message: t('Quotes have no meaning here: they become part of the reference.'),
      fix: { title: t('Remove the quotes'), replacement: bare },
    });
    return true;
  }
  const isPath = scheme === 'docker-archive' || scheme === 'oci-archive' || scheme === 'oci';
  // Control characters, separators and formatting characters of Unicode: none is seen, none is meant.
  const pattern = isPath ? /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/u : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]+/u;
  const match = pattern.exec(reader.text);
  if (!match) return false;
  const names = Array.from(match[0]).map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  const message = /^ +$/.test(match[0])
    ? t('A reference holds no spaces: the engine stops with "invalid reference format".')
    : t('A reference holds no invisible characters; here is {0}.', names.slice(0, 3).join(' '));
  reader.problem({
    code: 'build/reference-characters',
    start: match.index,
    end: match.index + match[0].length,
    message,
    fix: { title: t('Remove it'), replacement: '' },
  });
  return true;
}
