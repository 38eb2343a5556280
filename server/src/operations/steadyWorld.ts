import type { World } from './world';

/**
 * The same world for one operation over many files: settings, cache folders, keys at hand and the way to the network are looked up once
 * and stay as they are then.
 */
export function steadyWorld(world: World): World {
  const keys = new Map<string, ReturnType<World['keys']>>();
  let caches: ReturnType<World['caches']> | undefined;
  let downloads: ReturnType<World['downloads']> | undefined;
  return {
    ...world,
    caches: () => (caches ??= world.caches()),
    downloads: () => (downloads ??= world.downloads()),
    keys(options) {
      const asked = JSON.stringify([options.files, options.offline === true]);
      const known = keys.get(asked) ?? world.keys(options);
      keys.set(asked, known);
      return known;
    },
  };
}
