import type { Flaw } from './referenceReader';
import { t } from '../text/l10n';

/** What is wrong with the text behind `@` of a registry reference; the engines take `sha256:` and 64 hexadecimal digits (GGCR `pkg/name/digest.go`). */
export function digestFlaw(text: string): Flaw | undefined {
  if (/^sha256:[a-f0-9]{64}$/.test(text)) return undefined;
  if (text === '') return flaw(t('There is no digest behind `@`.'));
  if (text.includes('@'))
    return flaw(t('A reference has one `@` at most: the engine stops with "a digest must contain exactly one \'@\' separator".'));

  const hex = /[a-fA-F0-9]{64}$/.exec(text)?.[0]?.toLowerCase();
  if (hex?.length === text.length) return flaw(t('The digest has no algorithm.'), `sha256:${hex}`);
  if (hex !== undefined && /^sha256[.\-_=/][a-f0-9]{64}$/i.test(text))
    return flaw(t('A colon stands between algorithm and digest.'), `sha256:${hex}`);
  const [algorithm = '', value = ''] = text.split(':');
  if (algorithm.toLowerCase() !== 'sha256') {
    return flaw(t('The engines take sha256 digests only: they stop with "unsupported digest algorithm: {0}".', shorten(text)));
  }
  if (hex !== undefined && value.length === 64) return flaw(t('Digests are written in lower case.'), `sha256:${hex}`);
  if (/^[a-fA-F0-9]*$/.test(value)) return flaw(t('A sha256 digest has 64 hexadecimal digits; this one has {0}.', value.length));
  return flaw(t('A sha256 digest has 64 hexadecimal digits and nothing else.'));
}

function flaw(message: string, replacement?: string): Flaw {
  return { code: 'build/reference-digest', message, ...(replacement !== undefined && { replacement }) };
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
