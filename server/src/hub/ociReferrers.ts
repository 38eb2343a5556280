import type { HubOptions, Referrer } from './hub';
import { HubError } from './hub';
import { getManifest, pullScope, readJson, subjectOf } from './ociImages';
import { readManifest } from './ociManifest';
import type { Manifest } from './ociManifest';
import type { RegistryClient } from './registryClient';
import type { Digest } from '../image/digest';
import { formatDigest } from '../image/digest';
import type { RegistryReference } from '../image/reference';

const longestList = 4 * 1024 * 1024;

/** What refers to a manifest: by the API, or, where a registry is older, by the tag that stands for it (distribution spec, "Referrers Tag Schema"). */
export async function listReferrers(
  client: RegistryClient,
  reference: RegistryReference,
  digest: Digest,
  options: HubOptions,
): Promise<readonly Referrer[]> {
  const { registry, repository } = reference;
  const response = await client.ask({
    registry,
    repository,
    path: `/v2/${repository}/referrers/${formatDigest(digest)}`,
    accept: 'application/vnd.oci.image.index.v1+json',
    scope: pullScope(reference),
    subject: subjectOf(reference),
    statuses: [400, 404, 405],
    options,
  });
  if (response.status === 200) {
    const answer = JSON.stringify(await readJson(response, longestList, registry));
    return entriesOf(readManifest(answer, '', registry));
  }
  await response.discard();
  try {
    const fallback = await getManifest(client, reference, options, `${digest.algorithm}-${digest.hex}`);
    return entriesOf(fallback.manifest);
  } catch (error) {
    if (error instanceof HubError && error.kind === 'not-found') return [];
    throw error;
  }
}

function entriesOf(manifest: Manifest): readonly Referrer[] {
  if (manifest.kind !== 'index') return [];
  return manifest.entries.map(({ digest, size, artifactType, annotations }) => ({
    digest,
    size,
    artifactType: artifactType ?? '',
    annotations: annotations ?? {},
  }));
}
