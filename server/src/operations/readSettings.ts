import { defaultSettings, settings as table } from '../settings';
import type { Setting, Settings } from '../settings';
import { t } from '../text/l10n';
import { nearest } from '../text/nearest';

/** Values of `given` (nested or dotted names) over the defaults; what does not fit its setting is left at its default. */
export function readSettings(given: unknown): Settings {
  const result: Record<string, unknown> = { ...defaultSettings };
  for (const [name, setting] of Object.entries(table)) {
    const value = valueAt(given, name);
    if (fits(value, setting)) result[name] = value;
  }
  return result as Settings;
}

/** The value under a dotted name in nested objects, or under the name as it is. */
export function valueAt(value: unknown, name: string): unknown {
  if (!isRecord(value)) return undefined;
  if (name in value) return value[name];
  const [first = '', ...rest] = name.split('.');
  return rest.length === 0 ? undefined : valueAt(value[first], rest.join('.'));
}

/** What of `given` is not used, one sentence each, for people: names that no setting has, and values that do not fit. */
export function unusedSettings(given: unknown, prefix = ''): string[] {
  if (!isRecord(given)) return [t('It is no object with settings.')];
  const names = Object.keys(table);
  return Object.entries(given).flatMap(([key, value]) => {
    if (key === '$schema') return [];
    const name = prefix + key;
    const setting = (table as Readonly<Record<string, Setting | undefined>>)[name];
    if (setting !== undefined) return fits(value, setting) ? [] : [t('"{0}" takes {1}: its value is not used.', name, expected(setting))];
    if (isRecord(value) && names.some((each) => each.startsWith(`${name}.`))) return unusedSettings(value, `${name}.`);
    const meant = nearest(name.replace(/^containerMetalink\./, ''), names);
    return [meant === undefined ? t('There is no setting "{0}".', name) : t('There is no setting "{0}". Did you mean "{1}"?', name, meant)];
  });
}

function expected(setting: Setting): string {
  switch (setting.type) {
    case 'boolean':
      return t('true or false');
    case 'string':
      return setting.values?.join(', ') ?? t('a text');
    case 'number':
      return setting.maximum === undefined
        ? t('a number from {0}', setting.minimum ?? 0)
        : t('a number from {0} to {1}', setting.minimum ?? 0, setting.maximum);
    case 'strings':
      return t('a list of texts');
    case 'object':
      return t('an object');
    case 'objects':
      return t('a list of objects');
  }
}

function fits(value: unknown, setting: Setting): boolean {
  switch (setting.type) {
    case 'number':
      return typeof value === 'number' && value >= (setting.minimum ?? -Infinity) && value <= (setting.maximum ?? Infinity);
    case 'string':
      return typeof value === 'string' && (setting.values?.includes(value) ?? true);
    case 'strings':
      return Array.isArray(value) && value.every((v) => typeof v === 'string');
    case 'objects':
      return Array.isArray(value) && value.every(isRecord);
    case 'object':
      return isRecord(value);
    case 'boolean':
      return typeof value === 'boolean';
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
