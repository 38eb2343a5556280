import { defaultSettings } from '../settings';
import type { Settings } from '../settings';
import type { World } from '../operations/world';
import type { Terminal } from './terminal';

/** What commands need of the process: settings (defaults, the user's file, options of the command line) and the world they work on. */
export interface Environment {
  /** Settings with the command's own options over them. */
  settings(over: Partial<Settings>): Settings;
  /** Network, caches, keys: made once, when a command first needs them. */
  world(settings: Settings): Promise<World>;
  close(): Promise<void>;
}

/** `configured`: the user's own settings file, already read. */
export function createEnvironment(terminal: Terminal, configured: Partial<Settings>): Environment {
  let world: Promise<World> | undefined;
  return {
    settings: (over) => ({ ...defaultSettings, ...configured, ...over }),
    world: (settings) => (world ??= makeWorld(settings, terminal)),
    close: async () => (await world)?.close(),
  };
}

async function makeWorld(settings: Settings, terminal: Terminal): Promise<World> {
  const [{ createWorld }, { worldOptionsFromEnvironment }] = await Promise.all([
    import('../operations/world'),
    import('../operations/worldEnvironment'),
  ]);
  return createWorld(worldOptionsFromEnvironment(settings, (line) => terminal.note(line)));
}
