// Images for the registry tests: an OCI layout with an index for three platforms, made here without any tool.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export const platforms = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64', variant: 'v8' },
  { os: 'linux', architecture: 'arm', variant: 'v7' },
];

/** Writes the layout below `folder`; its one reference is called `base`. */
export function writeLayout(folder) {
  const blobs = path.join(folder, 'blobs/sha256');
  fs.mkdirSync(blobs, { recursive: true });
  const put = (content, mediaType) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    fs.writeFileSync(path.join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const manifests = platforms.map((platform) => {
    const archive = tar('etc/platform', `${platform.architecture}\n`);
    const layer = put(gzipSync(archive), 'application/vnd.oci.image.layer.v1.tar+gzip');
    const config = put(
      {
        created: '2025-01-13T00:00:00Z',
        ...platform,
        config: { Env: ['PATH=/bin'], Entrypoint: ['/bin/sh'], Labels: { 'org.opencontainers.image.title': 'base' } },
        rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(archive).digest('hex')}`] },
        history: [{ created: '2025-01-13T00:00:00Z', created_by: 'test/registry/images.mjs' }],
      },
      'application/vnd.oci.image.config.v1+json',
    );
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    return { ...put({ schemaVersion: 2, mediaType, config, layers: [layer] }, mediaType), platform };
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = put({ schemaVersion: 2, mediaType, manifests }, mediaType);
  fs.writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const top = { schemaVersion: 2, manifests: [{ ...index, annotations: { 'org.opencontainers.image.ref.name': 'base' } }] };
  fs.writeFileSync(path.join(folder, 'index.json'), JSON.stringify(top));
  return { digest: index.digest };
}

/** A tar archive of one file (POSIX ustar). */
function tar(name, text) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  content.write(text);
  return Buffer.concat([header, content, Buffer.alloc(1024)]);
}
