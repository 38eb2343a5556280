import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseReference } from '../../../server/src/image/reference';
import { startHubWorld } from './hubWorld';
import type { HubWorld } from './hubWorld';

let started: HubWorld;
beforeAll(async () => {
  started = await startHubWorld();
  const folder = path.join(started.folder, '.config/containers');
  fs.mkdirSync(folder, { recursive: true });
  const host = new URL(started.hub.origin).host;
  const registry = (name: string, place: string) =>
    `[[registry]]\nlocation = "${name}"\n[[registry.mirror]]\nlocation = "${place}"\ninsecure = true\n`;
  fs.writeFileSync(path.join(folder, 'registries.conf'), registry('docker.io', host) + registry('127.0.0.3:9', `${host}/demo`));
});
afterAll(() => started.close());

const reference = (text: string) => parseReference(text).reference!;
const asked = () => started.hub.requests.map(({ path: asked }) => asked).filter((each) => each.includes('/manifests/'));

describe('a mirror of registries.conf', () => {
  test('is asked for what Docker Hub has, and the answer says so', async () => {
    const summary = await started.world.hubs.manifest(reference('docker://debian:1.0'), {});
    expect(asked().at(-1)).toContain('/v2/library/debian/manifests/');
    expect(summary.reference).toBe('docker://docker.io/library/debian:1.0');
    expect(summary.notes?.join()).toContain(new URL(started.hub.origin).host);
  });
  test('may have a folder of its own', async () => {
    const { tags } = await started.world.hubs.tags(reference('docker://127.0.0.3:9/base'), {});
    expect(tags.map(({ name }) => name)).toContain('1.0');
    const opened = await started.world.hubs.open(reference('docker://127.0.0.3:9/base:1.0'), {});
    expect(opened.reference).toBe('docker://127.0.0.3:9/base:1.0');
    expect(opened.files[0]?.sources[0]?.url).toContain(`${started.hub.origin}/v2/demo/base/blobs/`);
  });
  test('is asked by the editor where its registry is', async () => {
    const editor = { reason: 'editor' } as const;
    const world = started.worldWith({ 'online.hosts': ['docker.io'] });
    await expect(world.hubs.resolve(reference('docker://debian:1.0'), editor)).resolves.toHaveProperty('digest');
    await expect(world.hubs.resolve(reference('docker://127.0.0.3:9/base:1.0'), editor)).resolves.toHaveProperty('digest');
    const { host } = new URL(started.hub.origin);
    const other = started.worldWith({ 'online.hosts': ['quay.io'] });
    await expect(other.hubs.resolve(reference('docker://debian:1.0'), editor)).rejects.toThrow(host);
  });
  test('is nothing for oras://, nor for SingularityCE', async () => {
    await expect(started.world.hubs.resolve(reference('oras://127.0.0.3:9/base:1.0'), {})).rejects.toThrow();
    const other = started.worldWith({ 'engine.kind': 'singularity' });
    await expect(other.hubs.resolve(reference('docker://127.0.0.3:9/base:1.0'), {})).rejects.toThrow();
  });
});
