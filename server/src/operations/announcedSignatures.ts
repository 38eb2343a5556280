import { armoredSignature } from '../signature/detached';
import { withoutCredentials } from '../platform/proxySettings';
import { t } from '../text/l10n';
import { smallFile } from './smallFile';
import type { World } from './world';

/** `signatures`: armored OpenPGP signatures. `unread`: for people, which ones could not be looked at, and why. */
export interface AnnouncedSignatures {
  readonly signatures: readonly string[];
  readonly unread: readonly string[];
}

/** Longest detached signature that is read, bytes. */
export const longestSignature = 1 << 20;

/**
 * Fetches the detached signatures that a server announces for a file (RFC 6249 §5): those of OpenPGP, armored or binary. What cannot be
 * had or read is told, since a signature that is there must not be passed over (§7). Rejects only when aborted.
 */
export async function announcedSignatures(
  world: World,
  announced: readonly { readonly url: string; readonly mediaType: string }[],
  signal: AbortSignal,
): Promise<AnnouncedSignatures> {
  const signatures: string[] = [];
  const unread: string[] = [];
  for (const { url, mediaType } of announced.slice(0, mostSignatures)) {
    const shown = withoutCredentials(url);
    if (mediaType !== 'application/pgp-signature') {
      unread.push(t('The signature {0} is of the type {1}, which is not verified here.', shown, mediaType));
      continue;
    }
    const bytes = await smallFile(world, url, longestSignature, signal);
    const text = bytes && armoredSignature(bytes);
    if (text === undefined) unread.push(t('The server announces the signature {0}, but there is none.', shown));
    else signatures.push(text);
  }
  return { signatures, unread };
}

const mostSignatures = 8;
