import { defaultSettings, settings as table } from '../settings';
import type { Settings } from '../settings';

/** Values of `given` (nested or dotted names) over the defaults; what has the wrong type is left at its default. */
export function readSettings(given: unknown): Settings {
  const result: Record<string, unknown> = { ...defaultSettings };
  for (const [name, setting] of Object.entries(table)) {
    const value = valueAt(given, name);
    if (fits(value, setting.type)) result[name] = value;
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

function fits(value: unknown, type: string): boolean {
  switch (type) {
    case 'strings':
      return Array.isArray(value) && value.every((v) => typeof v === 'string');
    case 'objects':
      return Array.isArray(value) && value.every(isRecord);
    case 'object':
      return isRecord(value);
    default:
      return typeof value === type;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
