import type { TextRange } from '../text/range';
import { headerEntry } from './lookup';
import type { HeaderEntry, Stage } from './syntax';

/** `%{NAME}` in a header value. */
export interface UrlVariable {
  readonly range: TextRange;
  readonly name: string;
  /** The agent puts the OS version in its place. */
  readonly filled: boolean;
}

/** What an agent does with `%{OSVERSION}` in the header of a stage. */
export interface OsVersionUse {
  /** Keys, in lower case, in which it is filled in. */
  readonly keys: readonly string[];
  /** What it becomes; undefined without an `OSVersion:`. */
  readonly value: string | undefined;
}

/**
 * Where an agent fills in the OS version (A and S internal/pkg/build/sources/conveyorPacker_yum.go and conveyorPacker_zypper.go).
 *
 * @param agent the value of `Bootstrap:` after templating
 */
export function osVersionUse(stage: Stage, agent: string): OsVersionUse {
  const value = headerEntry(stage, 'osversion')?.value;
  const urls = ['mirrorurl', 'updateurl'];
  if (agent === 'yum' || agent === 'dnf') return { keys: urls, value };
  if (agent !== 'zypper') return { keys: [], value };
  if (isEnterprise(stage)) return { keys: ['mirrorurl', 'product'], value: value && servicePack(value) };
  return { keys: headerEntry(stage, 'mirrorurl') === undefined ? [] : urls, value };
}

/** The `%{…}` of a header value. The engines know `%{OSVERSION}`, in any case of its letters; everything else stays in the URL. */
export function urlVariables(text: string, entry: HeaderEntry, { keys }: OsVersionUse): UrlVariable[] {
  return entry.lines.flatMap((line) =>
    [...text.slice(line.start, line.end).matchAll(/%\{(\w{1,40})\}/g)].map((match) => {
      const [whole, name = ''] = match;
      const start = line.start + match.index;
      return {
        range: { start, end: start + whole.length },
        name,
        filled: name.toUpperCase() === 'OSVERSION' && keys.includes(entry.name),
      };
    }),
  );
}

/** SUSE Linux Enterprise: what `zypper` takes the recipe for as soon as one of these keys is there. */
function isEnterprise(stage: Stage): boolean {
  return ['product', 'user', 'regcode'].some((key) => headerEntry(stage, key) !== undefined);
}

/** `15.0` becomes `15`, `15.6` stays. */
function servicePack(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return Number(minor) > 0 ? `${major}.${minor}` : major;
}
