import { afterAll, afterEach, beforeAll } from 'vitest';
import { HubError } from '../../../server/src/hub/hub';
import type { HubFailure, HubWorld } from '../../../server/src/hub/hub';
import { createHttpClient } from '../../../server/src/platform/http';
import type { ConfigurableHttpClient } from '../../../server/src/platform/http';
import type { Credential } from '../../../server/src/platform/ports';
import type { EmbeddedHub, HubOptions } from '../../hub/hub';
import { startHub } from '../../hub/hub';

/** A world whose only hub is the embedded one: the real HTTP client, credentials and log in memory. */
export interface EmbeddedWorld extends HubWorld {
  /** By host, or host and path. */
  readonly accounts: Map<string, Credential>;
  readonly lines: string[];
  readonly http: ConfigurableHttpClient;
}

function createWorld(): EmbeddedWorld {
  const lines: string[] = [];
  const accounts = new Map<string, Credential>();
  const write = (line: string) => void lines.push(line);
  const log = { info: write, warn: write, error: write, debug: write };
  return {
    http: createHttpClient({ userAgent: 'container-metalink/test', log, environment: {}, settings: {} }),
    credentials: { find: (host) => Promise.resolve(accounts.get(host)) },
    platform: () => ({ os: 'linux', architecture: 'amd64' }),
    log,
    now: () => Date.now(),
    plainHttp: (host) => /^(?:localhost|127\.|\[::1\])/.test(host),
    accounts,
    lines,
  };
}

export interface HubUnderTest {
  readonly hub: EmbeddedHub;
  readonly world: EmbeddedWorld;
  /** Host and port of the embedded hub. */
  readonly host: string;
}

/** One embedded hub and world for the tests of a file; faults, accounts and the request log are cleared after each test. */
export function useEmbeddedHub(options: HubOptions = {}): () => HubUnderTest {
  let current: HubUnderTest | undefined;
  beforeAll(async () => {
    const hub = await startHub(options);
    current = { hub, world: createWorld(), host: new URL(hub.origin).host };
  });
  afterEach(() => {
    current?.hub.behave();
    current?.hub.requests.splice(0);
    current?.world.accounts.clear();
    current?.world.lines.splice(0);
  });
  afterAll(async () => {
    await current?.world.http.close();
    await current?.hub.close();
  });
  return () => {
    if (current === undefined) throw new Error('The embedded hub has not started.');
    return current;
  };
}

/** The failure that a call ends in. */
export async function failureOf(call: Promise<unknown>): Promise<HubError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}

/** The kind of failure that a call ends in. */
export async function kindOf(call: Promise<unknown>): Promise<HubFailure> {
  return (await failureOf(call)).kind;
}
