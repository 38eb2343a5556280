import type { Connection } from 'vscode-languageserver';
import { readSettings, valueAt, isRecord } from '../operations/readSettings';
import type { Settings } from '../settings';

const prefix = 'containerMetalink';

/** The user's settings, for a resource or as a whole, asked from the client once and again after a change. */
export interface SettingsStore {
  /** Settings that hold for `uri`; without, those of the window. Values of a wrong type count as not set. */
  settingsFor(uri?: string): Promise<Settings>;
  /** Other sections of the client's configuration that the server follows, such as `http`. */
  section(name: string): Promise<Readonly<Record<string, unknown>>>;
  forget(): void;
}

/** `canAsk`: the client answers workspace/configuration. Otherwise what came by didChangeConfiguration or initialization holds. */
export function createSettingsStore(connection: Connection, canAsk: boolean): SettingsStore & { take(pushed: unknown): void } {
  const answers = new Map<string, Promise<unknown>>();
  let pushed: unknown = {};

  async function ask(scopeUri: string | undefined, section: string): Promise<unknown> {
    if (!canAsk) return valueAt(pushed, section);
    const key = `${section}\n${scopeUri ?? ''}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = connection.workspace.getConfiguration(scopeUri === undefined ? { section } : { scopeUri, section }) as Promise<unknown>;
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
    }
    return answer;
  }

  return {
    settingsFor: async (uri) => readSettings(await ask(uri, prefix)),
    section: async (name) => {
      const value = await ask(undefined, name);
      return isRecord(value) ? value : {};
    },
    forget: () => answers.clear(),
    take(value) {
      pushed = value;
      answers.clear();
    },
  };
}
