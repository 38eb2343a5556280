// Fills a registry: images by skopeo, a SIF artifact and many tags by plain requests.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import https from 'node:https';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Copies an OCI layout's image into the registry with all platforms. */
export async function copyLayout(layout, target, { trust, user, password, format }) {
  const words = ['--insecure-policy', 'copy', '--all', '--dest-creds', `${user}:${password}`, '--dest-cert-dir', trust];
  await run('skopeo', [...words, ...(format ? ['--format', format] : []), `oci:${layout}:base`, `docker://${target}`]);
}

/** A client of the registry API for pushing. */
export function pusher({ port, authority, authorization }) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8, ca: authority });
  const send = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const request = https.request(
        { host: 'localhost', port, path, method, agent, headers: { authorization, ...headers } },
        (response) => {
          response.resume();
          response.on('end', () =>
            response.statusCode < 300 ? resolve(response) : reject(new Error(`${method} ${path}: ${response.statusCode}`)),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });

  const blob = async (repository, content, mediaType, annotations) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const { headers } = await send('POST', `/v2/${repository}/blobs/uploads/`);
    const where = new URL(headers.location, `https://localhost:${port}`);
    where.searchParams.set('digest', digest);
    await send('PUT', `${where.pathname}${where.search}`, content, { 'content-type': 'application/octet-stream' });
    return { mediaType, digest, size: content.length, ...(annotations && { annotations }) };
  };

  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return {
    /** As `apptainer push` does (internal/pkg/client/oras). */
    async sif(repository, content, tags, { layerType = 'application/vnd.sylabs.sif.layer.v1.sif', title = 'tool.sif' } = {}) {
      const config = await blob(repository, Buffer.from('{}'), 'application/vnd.sylabs.sif.config.v1+json');
      const layer = await blob(repository, content, layerType, { 'org.opencontainers.image.title': title });
      const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer] });
      const queue = [...tags];
      const work = async () => {
        for (let tag = queue.shift(); tag !== undefined; tag = queue.shift()) {
          await send('PUT', `/v2/${repository}/manifests/${tag}`, manifest, { 'content-type': mediaType });
        }
      };
      await Promise.all(Array.from({ length: 8 }, work));
      return layer;
    },
    close: () => agent.destroy(),
  };
}
