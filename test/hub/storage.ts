// The storage behind the hubs, under another host name: signed-looking addresses, ranges, and a refusal of foreign credentials,
// as object stores behind registries and libraries do.
import type { Content } from './content';
import type { StoredImages } from './images';
import type { RegistryStore } from './registryStore';
import type { HubRequest, Protocol } from './reply';
import { text } from './reply';

/** Address of a stored thing (`blob/sha256:…`, `image/tool-1.4.sif`) on another host name than the one that was asked. */
export function storageUrl(request: HubRequest, name: string): string {
  const url = new URL(request.origin);
  url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return new URL(`/storage/${name}?signature=embedded&expires=86400`, url).href;
}

export function storage(store: RegistryStore, images: StoredImages): Protocol {
  return (request) => {
    const match = /^\/storage\/(blob|image)\/([^/]+)$/.exec(decodeURIComponent(request.path));
    const [, kind, name] = match ?? [];
    if (kind === undefined || name === undefined) return undefined;
    if (request.headers.authorization !== undefined)
      return text('<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>', 'application/xml', 400);
    if (request.query.get('signature') !== 'embedded') return text('<Error><Code>AccessDenied</Code></Error>', 'application/xml', 403);
    let content: Content | undefined;
    if (kind === 'blob') content = store.blobs.get(name);
    else if (images.names.includes(name)) content = images.image(name).content;
    if (content === undefined) return text('<Error><Code>NoSuchKey</Code></Error>', 'application/xml', 404);
    const headers = { 'content-type': 'application/octet-stream', etag: `"${name}"`, 'last-modified': 'Wed, 15 Jan 2025 10:00:00 GMT' };
    return { status: 200, headers, content, ranges: true };
  };
}
