import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readSettings, unusedSettings } from '../operations/readSettings';
import type { Settings } from '../settings';
import { t } from '../text/l10n';

/**
 * The user's settings for the command line: the JSON file that CONTAINER_METALINK_CONFIG names, else
 * `$XDG_CONFIG_HOME/container-metalink/settings.json` (`~/.config/…`), with the names of the extension's settings without their prefix.
 * Never rejects: what is wrong with the file is told in `problems`, one line each.
 */
export async function readConfiguredSettings(): Promise<{ settings: Partial<Settings>; problems: readonly string[] }> {
  const named = process.env.CONTAINER_METALINK_CONFIG;
  const file = named ?? path.join(process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config'), 'container-metalink', 'settings.json');
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing && named === undefined
      ? { settings: {}, problems: [] }
      : { settings: {}, problems: [t('The settings file {0} cannot be read and is not used.', file)] };
  }
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { settings: {}, problems: [t('The settings file {0} is no JSON and is not used.', file)] };
  }
  return { settings: readSettings(given), problems: unusedSettings(given).map((problem) => `${file}: ${problem}`) };
}
