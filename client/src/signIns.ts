import type * as vscode from 'vscode';
import type { SecretResult } from '../../server/src/protocol';

/** What the user entered by "Sign In to Registry…", in VS Code's secret storage and nowhere else. */
export interface SignIns {
  get(host: string): Promise<SecretResult>;
  store(host: string, secret: NonNullable<SecretResult>): Promise<void>;
  forget(host: string): Promise<void>;
  /** Hosts with a sign-in, in alphabetical order. */
  hosts(): readonly string[];
}

const hostsKey = 'signIns.hosts';

export function createSignIns(context: vscode.ExtensionContext): SignIns {
  const hosts = () => context.globalState.get<readonly string[]>(hostsKey, []);
  const remember = (names: readonly string[]) => context.globalState.update(hostsKey, [...new Set(names)].sort());
  return {
    async get(host) {
      const stored = await context.secrets.get(secretKey(host));
      return stored === undefined ? null : readSecret(stored);
    },
    async store(host, secret) {
      await context.secrets.store(secretKey(host), JSON.stringify(secret));
      await remember([...hosts(), host]);
    },
    async forget(host) {
      await context.secrets.delete(secretKey(host));
      await remember(hosts().filter((name) => name !== host));
    },
    hosts,
  };
}

function secretKey(host: string): string {
  return `registry:${host.toLowerCase()}`;
}

/** What another version of the extension stored may look different: then it counts as not there. */
function readSecret(stored: string): SecretResult {
  const value: unknown = JSON.parse(stored);
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
