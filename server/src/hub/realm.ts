import { isPrivateHost } from '../platform/addresses';
import { t } from '../text/l10n';

/** What may be done with the token server that a challenge names. */
export type RealmVerdict =
  | { readonly ok: true; /** Whether the registry's credential may be sent there. */ readonly credentials: boolean }
  | { readonly ok: false; readonly reason: string };

/**
 * Judges the realm of a Bearer challenge (GGCR `pkg/v1/remote/transport/bearer.go` validateRealmURL): https, or http where the registry
 * itself speaks it; no literal of a private address unless it is the registry's own host. A realm whose last two labels are not the
 * registry's (`registry.gitlab.com` and `gitlab.com` share theirs) is asked without credentials only.
 */
export function judgeRealm(realm: string, registry: URL): RealmVerdict {
  if (!URL.canParse(realm)) return { ok: false, reason: t('the address of its token server is malformed') };
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && registry.protocol === 'http:')) {
    return { ok: false, reason: t('its token server {0} is not asked over https', url.host) };
  }
  if (url.host === registry.host) return { ok: true, credentials: true };
  if (isPrivateHost(url.host) && !(isPrivateHost(registry.host) && url.hostname === registry.hostname)) {
    return { ok: false, reason: t('its token server {0} has a private address', url.host) };
  }
  return { ok: true, credentials: lastLabels(url.hostname) === lastLabels(registry.hostname) };
}

function lastLabels(host: string): string {
  return /^[\d.]+$|^\[/.test(host) ? host : host.split('.').slice(-2).join('.').toLowerCase();
}
