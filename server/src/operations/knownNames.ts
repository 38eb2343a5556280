import { formatReference } from '../image/reference';
import type { ImageReference } from '../image/reference';
import { without } from '../image/without';
import { completionKind } from '../text/kinds';
import { t } from '../text/l10n';
import type { Candidate } from './completionCandidate';
import type { ReferencePlace } from './referencePlaces';
import type { World } from './world';

/**
 * Names that are known without asking, for a reference that is being written: what the workspace uses, its namespaces, and hosts of
 * settings, sign-ins and the workspace.
 */
export function knownNames(world: World, place: ReferencePlace): Candidate[] {
  const scheme = place.parsed.scheme ?? 'docker';
  // The name that is just being typed is no candidate for itself.
  const own = place.reference === undefined ? undefined : nameToWrite(place.reference);
  const used = world.usedReferences(scheme).filter((name) => name !== own);
  const known = scheme === 'docker' || scheme === 'oras' ? world.knownHosts() : [];
  const folders = new Set([...known.map((host) => `${host}/`), ...used.flatMap(beginnings)]);
  return [
    ...used.map((label) => ({ label, kind: completionKind.reference, detail: t('used in this workspace') })),
    ...[...folders].map((label) => ({
      label,
      kind: completionKind.module,
      detail: isHost(label) ? t('registry') : t('namespace'),
      triggerSuggest: true,
    })),
  ];
}

/** A reference without scheme, tag and digest, as people write it behind `From:`; undefined for what is no name at a hub. */
export function nameToWrite(reference: ImageReference): string | undefined {
  switch (reference.kind) {
    case 'registry':
      return formatReference(without(reference, 'tag', 'digest')).replace(/^[a-z]+:\/\//, '');
    case 'library':
      return reference.host === undefined ? reference.path : `${reference.host}/${reference.path}`;
    case 'shub':
      return [reference.registry, reference.user, reference.container].filter((part) => part !== undefined).join('/');
    default:
      return undefined;
  }
}

/** `ghcr.io/`, `ghcr.io/org/` of `ghcr.io/org/tool`. */
function beginnings(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}

function isHost(label: string): boolean {
  return /[.:]/.test(label.split('/', 1)[0] ?? '') && label.indexOf('/') === label.length - 1;
}
