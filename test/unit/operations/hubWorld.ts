import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createWorld } from '../../../server/src/operations/world';
import type { World } from '../../../server/src/operations/world';
import { defaultSettings } from '../../../server/src/settings';
import type { Settings } from '../../../server/src/settings';
import { startHub } from '../../hub/hub';
import type { EmbeddedHub } from '../../hub/hub';

/** The embedded hub and a world that reaches nothing else, with a folder of its own. */
export interface HubWorld {
  readonly hub: EmbeddedHub;
  readonly world: World;
  readonly folder: string;
  /** Another world with other settings. */
  worldWith(settings: Partial<Settings>): World;
  close(): Promise<void>;
}

export async function startHubWorld(): Promise<HubWorld> {
  const hub = await startHub();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'authoring-'));
  const worlds: World[] = [];
  const worldWith = (settings: Partial<Settings>) => {
    const world = createWorld({
      settings: { ...defaultSettings, 'library.url': hub.origin, ...settings },
      environment: { HOME: folder, APPTAINER_CACHEDIR: path.join(folder, 'cache'), PATH: process.env.PATH },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined },
      isTrusted: () => true,
      http: {},
    });
    worlds.push(world);
    return world;
  };
  return {
    hub,
    folder,
    world: worldWith({}),
    worldWith,
    async close() {
      await Promise.all(worlds.map((world) => world.close()));
      await hub.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** For operations that nobody watches. */
export const unwatched = { signal: new AbortController().signal, onProgress: () => undefined };
