import type { CodeLens } from 'vscode-languageserver-types';
import { t } from '../text/l10n';
import type { MetalinkContext } from './context';
import { filesOf } from './model3';
import { childrenNamed } from './parse';
import { attributeOf, nameRange } from './xml/tree';

/** Commands of the client that the lenses run. */
export interface LensCommands {
  readonly verify: string;
  readonly checkMirrors: string;
  readonly resolveHashes: string;
  readonly pullIntoCache: string;
  readonly convertMetalink: string;
}

/** A document with more files was made by a program and is read by one: four lenses on each would be tens of megabytes. */
const mostFiles = 2000;

/** "Verify", "Check mirrors", "Resolve hashes", "Pull into cache" above each file; "Convert to Metalink 4" above an older document. */
export function metalinkLenses({ parsed, source }: MetalinkContext, uri: string, commands: LensCommands): CodeLens[] {
  const { root, dialect } = parsed;
  if (root === undefined || dialect === 'other') return [];
  const files = (dialect === 'metalink3' ? filesOf(root) : childrenNamed(root, 'file')).slice(0, mostFiles);
  const convert =
    dialect === 'metalink3'
      ? [
          {
            range: source.rangeOf(nameRange(root)),
            command: { title: t('Convert to Metalink 4'), command: commands.convertMetalink, arguments: [{ uri }] },
          },
        ]
      : [];
  return [
    ...convert,
    ...files.flatMap((element) => {
      const range = source.rangeOf(nameRange(element));
      const file = attributeOf(element, 'name')?.value;
      const place = { uri, ...(file !== undefined && { file }) };
      const lens = (title: string, command: string, argument: object): CodeLens => ({
        range,
        command: { title, command, arguments: [argument] },
      });
      const lenses = [
        lens(t('Verify'), commands.verify, { kind: 'document', ...place }),
        lens(t('Pull into cache'), commands.pullIntoCache, { kind: 'document', ...place }),
        lens(t('Check mirrors'), commands.checkMirrors, place),
      ];
      return dialect === 'metalink4' ? [...lenses, lens(t('Resolve hashes'), commands.resolveHashes, place)] : lenses;
    }),
  ];
}
