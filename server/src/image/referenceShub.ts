import type { ParsedReference, ShubReference } from './referenceModel';
import type { Flaw, ReferenceReader } from './referenceReader';
import { reportFlaw } from './referenceReader';
import { t } from '../text/l10n';

/** A/S `internal/pkg/client/shub/util.go` isShubPullRef, without its scheme. */
const shubPattern =
  /^([-.a-zA-Z0-9/]{1,64}\/)?([-a-zA-Z0-9]{1,39}\/)([-_.a-zA-Z0-9]{1,64})(:[-_.a-zA-Z0-9]{1,64})?((@[a-f0-9]{32})|(@[a-f0-9]{40}))?$/;

/** Reads what stands behind `shub://`: checked by the engines' pattern, taken apart as their ParseReference does. */
export function readShubReference(reader: ReferenceReader, start: number): ParsedReference {
  const body = reader.text.slice(start);
  const lastSlash = body.lastIndexOf('/');
  const atSign = body.indexOf('@', lastSlash + 1);
  const versionStart = atSign === -1 ? body.length : atSign;
  const colon = body.slice(0, versionStart).indexOf(':', lastSlash + 1);
  const nameEnd = colon === -1 ? versionStart : colon;
  const userStart = body.slice(0, Math.max(lastSlash, 0)).lastIndexOf('/') + 1;
  const part = (from: number, to: number) => reader.part(start + from, start + to);

  const tagPart = colon === -1 ? undefined : part(colon + 1, versionStart);
  reader.setParts({
    host: userStart > 1 ? part(0, userStart - 1) : undefined,
    namespace: lastSlash > 0 ? part(userStart, lastSlash) : undefined,
    path: part(userStart, nameEnd),
    name: part(lastSlash + 1, nameEnd),
    tag: tagPart,
    tags: tagPart && [tagPart],
    digest: atSign === -1 ? undefined : part(atSign + 1, body.length),
  });

  const match = shubPattern.exec(body);
  if (!match) {
    const flaw = shubFlaw(body);
    reportFlaw(reader, start, body.length, { ...flaw, message: `${flaw.message} ${t('The engine stops with "Invalid shub URI".')}` });
    return reader.finish('shub', undefined);
  }
  const [, registry, user = '', container = '', tag, version] = match;
  const reference: ShubReference = {
    kind: 'shub',
    scheme: 'shub',
    ...(registry !== undefined && { registry: registry.slice(0, -1) }),
    user: user.slice(0, -1),
    container,
    ...(tag !== undefined && { tag: tag.slice(1) }),
    ...(version !== undefined && { version: version.slice(1) }),
  };
  return reader.finish('shub', reference);
}

/** Why a text does not match the pattern. */
function shubFlaw(body: string): Flaw {
  if (body === '') return { code: 'build/reference-empty', message: t('The reference is empty.') };
  const version = /@(.*)$/.exec(body);
  const beforeVersion = version ? body.slice(0, version.index) : body;
  const parts = beforeVersion.split('/');
  const name = parts.at(-1) ?? '';
  const user = parts.at(-2);
  if (user === undefined)
    return { code: 'build/reference-shub', message: t('Singularity Hub names have a user and a container: `user/container`.') };
  const versionText = version?.[1];
  if (version && versionText !== undefined && !/^(?:[a-f0-9]{32}|[a-f0-9]{40})$/.test(versionText)) {
    const message = t(
      'Behind `@` stands the MD5 of the file (32 hexadecimal digits) or the git commit (40), in lower case; here are {0} characters.',
      versionText.length,
    );
    return { code: 'build/reference-digest', message, from: version.index + 1 };
  }
  const nameStart = beforeVersion.length - name.length;
  const tag = /:(.*)$/.exec(name);
  if (tag && !/^[-_.a-zA-Z0-9]{1,64}$/.test(tag[1] ?? '')) {
    const message = t('`{0}` is not a tag: letters, digits, `.`, `_` and `-`, at most 64.', tag[1] ?? '');
    return { code: 'build/reference-tag', message, from: nameStart + tag.index, to: nameStart + name.length };
  }
  const registry = parts.slice(0, -2).join('/');
  if (registry.includes(':')) {
    const message = t('The pattern of the engines has no place for a port in the registry `{0}`.', registry);
    return { code: 'build/reference-host', message, to: registry.length };
  }
  if (!/^[-a-zA-Z0-9]{1,39}$/.test(user)) {
    const message = t('`{0}` is not a user of Singularity Hub: letters, digits and `-`, at most 39.', user);
    return { code: 'build/reference-shub', message, from: nameStart - 1 - user.length, to: nameStart - 1 };
  }
  const bareName = tag ? name.slice(0, tag.index) : name;
  if (!/^[-_.a-zA-Z0-9]{1,64}$/.test(bareName)) {
    const message = t('`{0}` is not a container name: letters, digits, `.`, `_` and `-`, at most 64.', bareName);
    return { code: 'build/reference-name', message, from: nameStart, to: nameStart + bareName.length };
  }
  return { code: 'build/reference-shub', message: t('This is not `[registry/]user/container[:tag][@version]`.') };
}
