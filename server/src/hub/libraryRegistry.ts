import { askForJson } from './askHub';
import type { FileSource, HubOptions, HubWorld } from './hub';
import { HubError } from './hub';
import { objectOf, textOf } from './shape';
import type { Digest } from '../image/digest';
import { formatDigest } from '../image/digest';
import { t } from '../text/l10n';

interface DirectAccess {
  /** `v1/oci-redirect` with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** sha-256 of the image file: also the digest of its blob. */
  readonly digest: Digest;
  readonly options: HubOptions;
}

/**
 * The registry behind a library (apptainer/container-library-client client/oci.go ociRegistryAuth): where the image file lies as a blob
 * under its own hash, with a token for that registry alone. Undefined when the library has none; its failures are not the image's,
 * since the library hands the file out itself. Only `aborted` rejects.
 */
export async function registryOfLibrary(world: HubWorld, access: DirectAccess): Promise<FileSource | undefined> {
  const granted = await grant(world, access);
  if (granted === undefined) return undefined;
  let current: { token: string; asked: number } | undefined = { token: granted.token, asked: world.now() };
  const url = new URL(
    `v2/${granted.name.split('/').map(encodeURIComponent).join('/')}/blobs/${formatDigest(access.digest)}`,
    granted.registry,
  );
  return {
    url: url.href,
    priority: 1,
    async headers() {
      // Registry tokens live for minutes: ask again well before (the API does not say when).
      if (current === undefined || world.now() - current.asked > 60_000) {
        const renewed = await grant(world, access);
        current = renewed?.registry.origin === url.origin ? { token: renewed.token, asked: world.now() } : undefined;
      }
      return current === undefined || current.token === '' ? {} : { authorization: `Bearer ${current.token}` };
    },
  };
}

async function grant(world: HubWorld, access: DirectAccess): Promise<{ registry: URL; name: string; token: string } | undefined> {
  const { url, headers, options } = access;
  try {
    const answer = objectOf(await askForJson(world, { url, headers, options, subject: t('a registry of the library'), maxRedirects: 0 }));
    const registry = textOf(answer?.url);
    const name = textOf(answer?.name) ?? new URL(url).searchParams.get('namespace') ?? '';
    if (registry === undefined || !URL.canParse(registry) || !/^https?:$/.test(new URL(registry).protocol)) return undefined;
    const target = new URL(registry);
    // A library that is asked over https is not left for plain http.
    if (new URL(url).protocol === 'https:' && target.protocol !== 'https:') return undefined;
    if (!target.pathname.endsWith('/')) target.pathname += '/';
    return { registry: target, name, token: textOf(answer?.token) ?? '' };
  } catch (error) {
    if (error instanceof HubError && error.kind === 'aborted') throw error;
    if (!(error instanceof HubError) || error.kind !== 'not-found')
      world.log.info(
        t('{0} names no registry for direct downloads: {1}', new URL(url).host, error instanceof Error ? error.message : String(error)),
      );
    return undefined;
  }
}
