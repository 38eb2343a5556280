import { t } from '../text/l10n';

const deviceNames = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i;

/**
 * Why a file name from a document must not be used, for people; undefined when it is safe below any folder on any system.
 * RFC 5854 §4.1.2.1 and what the peers learnt the hard way: CVE-2010-1000 (KGet), CVE-2010-1512 (aria2, also `..\`), wget2 684be478.
 * The name is taken as it stands, never percent-decoded.
 */
export function unsafeName(name: string): string | undefined {
  if (name === '') return t('The file name is empty.');
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return t('The file name contains control characters.');
  if (/[\u202a-\u202e\u2066-\u2069]/.test(name)) return t('The file name contains characters that change the direction of text.');
  if (name.includes('\\')) return t('The file name "{0}" contains a backslash, which leads elsewhere on Windows.', name);
  if (name.startsWith('/')) return t('The file name "{0}" is absolute.', name);
  if (name.startsWith('~')) return t('The file name "{0}" begins with "~", which stands for a home directory.', name);
  for (const part of name.split('/')) {
    const problem = unsafePart(part, name);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function unsafePart(part: string, name: string): string | undefined {
  if (part === '') return t('The file name "{0}" has an empty part.', name);
  if (part === '..' || part === '.') return t('The file name "{0}" leads out of its folder.', name);
  if (part.includes(':')) return t('The file name "{0}" contains ":", which names a drive or a stream on Windows.', name);
  if (/[. ]$/.test(part)) return t('The file name "{0}" ends in a dot or a blank.', name);
  if (deviceNames.test(part)) return t('The file name "{0}" is that of a device on Windows.', name);
  if (Buffer.byteLength(part) > 255) return t('The file name is longer than 255 bytes.');
  return undefined;
}
