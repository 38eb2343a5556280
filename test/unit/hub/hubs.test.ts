import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { HubStatus, Hubs } from '../../../server/src/hub/hub';
import type { HubsOptions } from '../../../server/src/hub/hubs';
import { createHubs } from '../../../server/src/hub/hubs';
import type { ImageReference } from '../../../server/src/image/reference';
import { parseReference } from '../../../server/src/image/reference';
import { failureOf, kindOf, useEmbeddedHub } from './embeddedWorld';

const under = useEmbeddedHub();
const folders: string[] = [];
const made: Hubs[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((hubs) => hubs.close()));
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
  under().world.http.configure({});
});

function ref(text: string): ImageReference {
  const { reference } = parseReference(text.replace('HOST', under().host));
  if (!reference) throw new Error(text);
  return reference;
}

function make(options: Partial<HubsOptions> = {}): Hubs {
  const hubs = createHubs({ ...under().world, ...options });
  made.push(hubs);
  return hubs;
}

function folder(): string {
  const name = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-answers-'));
  folders.push(name);
  return name;
}

const editor = { reason: 'editor' } as const;
const base = 'docker://HOST/open/base:1.0';
const asked = (part: string): number => under().hub.requests.filter((r) => r.path.includes(part)).length;

describe('answers', () => {
  test('200 hovers are one request a thing', async () => {
    const hubs = make();
    await Promise.all(Array.from({ length: 200 }, () => hubs.manifest(ref('docker://HOST/open/base:1.2'), editor)));
    await hubs.manifest(ref('docker://HOST/open/base:1.2'), editor);
    expect(asked('/manifests/1.2')).toBe(1);
    expect(asked('/blobs/')).toBe(1);
  });
  test('one who gives up does not end it for the others', async () => {
    const hubs = make();
    under().hub.misbehave('/v2/open/*', { kind: 'delay', milliseconds: 150 });
    const leaving = hubs.resolve(ref(base), { ...editor, signal: AbortSignal.timeout(30) });
    const staying = hubs.resolve(ref(base), editor);
    expect(await kindOf(leaving)).toBe('aborted');
    expect((await staying).digest).toBeDefined();
  });
  test('old answers are shown at once while they are renewed; a command waits', async () => {
    let now = Date.now();
    const hubs = make({ now: () => now });
    const first = await hubs.manifest(ref(base), editor);
    now += 3600_000;
    const shown = await hubs.manifest(ref(base), editor);
    expect(shown.fetchedAt).toBe(first.fetchedAt);
    await expect.poll(async () => (await hubs.manifest(ref(base), editor)).fetchedAt).toBe(now);
    now += 3600_000;
    expect((await hubs.manifest(ref(base), {})).fetchedAt).toBe(now);
  });
  test('what did not change is not fetched again: a HEAD tells', async () => {
    let now = Date.now();
    const hubs = make({ now: () => now });
    await hubs.manifest(ref(base), {});
    now += 3600_000;
    under().hub.requests.splice(0);
    await hubs.manifest(ref(base), {});
    expect(
      under()
        .hub.requests.filter((r) => r.path.startsWith('/v2/'))
        .map((r) => r.method),
    ).toEqual(['HEAD']);
  });
  test('failures are remembered for the editor: 404 long, 5xx shorter and longer each time', async () => {
    let now = Date.now();
    const hubs = make({ now: () => now });
    expect(await kindOf(hubs.resolve(ref('docker://HOST/open/base:9'), editor))).toBe('not-found');
    now += 300_000;
    under().hub.requests.splice(0);
    expect(await kindOf(hubs.resolve(ref('docker://HOST/open/base:9'), editor))).toBe('not-found');
    expect(under().hub.requests).toHaveLength(0);
    expect(await kindOf(hubs.resolve(ref('docker://HOST/open/base:9'), {}))).toBe('not-found');
    expect(under().hub.requests.length).toBeGreaterThan(0);

    under().hub.misbehave('/v2/open/base/manifests/*', { kind: 'status', status: 500 });
    const askedAfter = async (milliseconds: number): Promise<boolean> => {
      now += milliseconds;
      under().hub.requests.splice(0);
      expect(await kindOf(hubs.resolve(ref(base), editor))).toBe('failing');
      return under().hub.requests.length > 0;
    };
    expect(await askedAfter(0)).toBe(true);
    expect(await askedAfter(1000)).toBe(false);
    expect(await askedAfter(1500)).toBe(true);
    expect(await askedAfter(2500)).toBe(false);
    hubs.refresh();
    expect(await askedAfter(0)).toBe(true);
    under().hub.behave();
    expect((await hubs.resolve(ref(base), {})).digest).toBeDefined();
  });
  test('rate limits hold for commands too, until they end', async () => {
    let now = Date.now();
    const hubs = make({ now: () => now });
    under().hub.misbehave('/v2/open/base/manifests/*', { kind: 'status', status: 429, retryAfter: '600' });
    expect(await kindOf(hubs.resolve(ref(base), {}))).toBe('rate-limited');
    under().hub.behave();
    expect((await failureOf(hubs.resolve(ref(base), {}))).details.until).toBeGreaterThan(now + 500_000);
    now += 601_000;
    expect((await hubs.resolve(ref(base), {})).digest).toBeDefined();
  });
  test('what there is of the tags by the deadline; the rest comes for the next one', async () => {
    const hubs = make();
    const first = { ...editor, deadline: 20 };
    under().hub.misbehave(/\/v2\/(demo|open)|token/, { kind: 'delay', milliseconds: 60 });
    expect(await hubs.tags(ref('oras://HOST/demo/many'), first)).toMatchObject({ incomplete: true });
    await expect.poll(async () => (await hubs.tags(ref('oras://HOST/demo/many'), first)).tags.length, { timeout: 5000 }).toBe(2500);
    expect(asked('tags/list')).toBeLessThanOrEqual(4);
  });
  test('schemes that no hub has', async () => {
    expect(await kindOf(make().manifest(parseReference('oci:/x').reference!, {}))).toBe('unsupported');
  });
});

describe('on disk', () => {
  test('what was seen once is there offline, with its age', async () => {
    const where = folder();
    const first = await make({ folder: where }).manifest(ref(base), editor);
    await make({ folder: where }).tags(ref(base), editor);
    // Two answers, and what had an ETag: index, manifest, tags.
    await expect.poll(() => fs.readdirSync(where, { recursive: true }).filter((f) => String(f).endsWith('.json')).length).toBe(5);
    under().world.http.configure({ offline: true });
    const later = make({ folder: where, now: () => Date.now() + 3 * 24 * 3600_000 });
    expect(await later.manifest(ref(base), {})).toMatchObject({ digest: first.digest, fetchedAt: first.fetchedAt, stale: true });
    expect((await later.tags(ref(base), editor)).tags).toHaveLength(6);
    expect(await kindOf(later.resolve(ref('docker://HOST/open/base:1.1'), editor))).toBe('switched-off');
    await later.clear();
    expect(await kindOf(later.manifest(ref(base), {}))).toBe('switched-off');
  });
  test('a damaged file is no answer', async () => {
    const where = folder();
    await make({ folder: where }).resolve(ref(base), editor);
    const files = () => fs.readdirSync(where, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.json'));
    await expect.poll(() => files().length).toBe(1);
    for (const content of ['', '{"key":', '{"key":"x","storedAt":1,"value":{}}', '[]']) {
      fs.writeFileSync(path.join(where, files()[0] ?? ''), content);
      expect((await make({ folder: where }).resolve(ref(base), editor)).digest).toBeDefined();
    }
  });
});

test('the offline switch is no trouble of a hub, and is forgotten when it is off', async () => {
  const hubs = make();
  under().world.http.configure({ offline: 'editor' });
  expect(await kindOf(hubs.resolve(ref(base), editor))).toBe('switched-off');
  expect(hubs.status()).toEqual({ state: 'idle' });
  under().world.http.configure({});
  expect((await hubs.resolve(ref(base), editor)).digest).toBeDefined();
});

test('the state: busy, idle, sign-in, offline, rate-limited', async () => {
  const seen: HubStatus[] = [];
  const hubs = make({ onStatus: (status) => seen.push(status) });
  const last = () => seen.at(-1);
  await hubs.resolve(ref(base), {});
  expect(seen.map((s) => s.state)).toEqual(['busy', 'idle']);
  expect(seen[0]?.host).toBe(under().host);
  await kindOf(hubs.resolve(ref('docker://HOST/private/base:1.0'), {}));
  expect(last()).toEqual({ state: 'sign-in', host: under().host });
  await kindOf(hubs.resolve(ref('docker://127.0.0.1:1/open/base:1.1'), {}));
  expect(last()?.state).toBe('offline');
  await hubs.resolve(ref('docker://HOST/open/base:1.1'), {});
  expect(last()).toEqual({ state: 'idle' });
  under().hub.misbehave('/v2/open/base/manifests/*', { kind: 'status', status: 429, retryAfter: '600' });
  await kindOf(hubs.resolve(ref('docker://HOST/open/base:1.2'), {}));
  expect(last()).toMatchObject({ state: 'rate-limited', host: under().host });
  expect(hubs.status().until).toBeGreaterThan(Date.now());
});

test('each scheme goes to its hub', async () => {
  const hubs = make();
  const sha256 = under().hub.images.image('tool-1.4.sif').sha256;
  expect((await hubs.manifest(ref('oras://HOST/demo/tool:1.4'), {})).digest?.hex).toBe(sha256);
  expect((await hubs.manifest(ref('library://HOST/demo/tools/tool:1.4'), {})).digest?.hex).toBe(sha256);
  expect((await hubs.open(parseReference(`${under().hub.origin}/mirror/a/tool-1.4.sif`).reference!, {})).files).toHaveLength(1);
});
