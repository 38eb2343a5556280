import os from 'node:os';
import path from 'node:path';
import type { Settings } from '../settings';
import type { WorldOptions } from './world';

/** The world of the command line: the user acts, so it is trusted; proxies come from the environment; storage from the XDG folders. */
export function worldOptionsFromEnvironment(settings: Settings, note: (line: string) => void): WorldOptions {
  const debug = process.env.CONTAINER_METALINK_DEBUG === '1';
  const cacheHome = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  return {
    settings,
    environment: process.env,
    log: {
      info: debug ? note : silent,
      warn: note,
      error: note,
      debug: debug ? note : silent,
    },
    storage: path.join(cacheHome, 'container-metalink'),
    isTrusted: () => true,
    downloadsOnThread: false, // nobody types here, and a thread takes time to start
    http: {},
  };
}

function silent(): void {
  // what is only worth a line when somebody looks for a fault
}
