import * as vscode from 'vscode';
import type { Target } from '../../../server/src/protocol';
import { openMetalinkText } from '../newText';
import { requestWithProgress } from '../progress';
import type { Session } from '../session';
import { askForTarget, cacheEntryOf, nameOf, targetsOf } from '../targets';

/** "Create Metalink…": sizes, hashes, pieces and URLs of images, or of those of a recipe, as a new document. */
export async function createMetalink(session: Session, argument: unknown, selection: unknown): Promise<void> {
  const ask = typeof argument === 'object' && argument !== null && 'ask' in argument;
  let targets = ask ? [] : targetsOf(argument, selection);
  const [first] = targets;
  // A metalink in the active editor is no image to describe: then the question is meant.
  if (first === undefined || (first.kind === 'document' && /\.(meta4|metalink)$/i.test(first.uri))) {
    const asked = await askForTarget(vscode.l10n.t('Create a metalink for which image?'));
    targets = asked === undefined ? [] : [asked];
  }
  if (targets.length === 0) return;
  const title = vscode.l10n.t('Creating a metalink for {0}', targets.map(nameOf).join(', '));
  const result = await requestWithProgress(session.server, 'metalinkCreate', { targets }, title);
  if (result !== undefined) await openMetalinkText(result, documentName(targets, cacheEntryOf(argument)?.title), session.log);
}

/**
 * What the metalink is called until it is saved: like its image (a reference without host, tag and digest), like its recipe, or by the
 * title of a cache entry, whose file has a digest for a name.
 */
function documentName(targets: readonly Target[], title: string | undefined): string {
  const [only] = targets;
  if (only === undefined || targets.length > 1) return 'images.meta4';
  const last = nameOf(only).split('/').at(-1) ?? '';
  const stem = title ?? (only.kind === 'reference' ? last.replace(/[@:].*$/s, '') : last.replace(/\.def$/i, ''));
  return `${stem.replace(/[^A-Za-z0-9._-]+/g, '-') || 'image'}.meta4`;
}
