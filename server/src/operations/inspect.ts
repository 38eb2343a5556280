import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseReference } from '../image/reference';
import { withoutUserinfo } from '../image/referenceNames';
import type { InspectItem, Target } from '../protocol';
import { t } from '../text/l10n';
import { noSuchFileHere } from '../text/noSuchFile';
import { createSourceText } from '../text/sourceText';
import { contentsView, readImageFile } from './contentsView';
import { describeReference } from './describe';
import { documentLanguage } from './language';
import type { LanguageName } from './language';
import { createMetalinkContext, createRecipeContext } from './languages';
import { placesOf } from './referencePlaces';
import { readTextFile } from './textFile';
import { noWorkspaceRules } from './workspaceRules';
import type { World } from './world';

export interface InspectOptions {
  readonly signal: AbortSignal;
  /** The text of a document that is open in an editor. */
  readonly openText?: (uri: string) => string | undefined;
}

/** Everything that can be told about a target without downloading it; what cannot be told has its `problem`. Rejects only when aborted. */
export async function inspectTarget(world: World, target: Target, options: InspectOptions): Promise<InspectItem[]> {
  switch (target.kind) {
    case 'reference':
      return [await inspectReference(world, target.reference, options)];
    case 'path':
      return [await inspectPath(target.path)];
    case 'document': {
      const text = options.openText?.(target.uri) ?? (await readTextFile(fileURLToPath(target.uri)));
      const references = documentReferences(world, documentLanguage(target.uri, text), text, target.file);
      if (references.length === 0)
        return [{ title: path.basename(fileURLToPath(target.uri)), problem: t('There is no image reference in it.') }];
      return Promise.all(references.map((reference) => inspectReference(world, reference, options)));
    }
  }
}

async function inspectReference(world: World, text: string, { signal }: InspectOptions): Promise<InspectItem> {
  const parsed = parseReference(text);
  const title = withoutUserinfo(text);
  const { reference } = parsed;
  if (reference === undefined) return { title, problem: parsed.problems[0]?.message ?? t('This is no image reference.') };
  if (reference.kind === 'local' && (reference.scheme === 'docker-archive' || reference.scheme === 'oci-archive'))
    return inspectPath(reference.path);
  try {
    return { title, summary: await describeReference(world, reference, { signal, reason: 'command' }) };
  } catch (error) {
    signal.throwIfAborted();
    return { title, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function inspectPath(file: string): Promise<InspectItem> {
  try {
    await fs.access(file);
    return { title: file, contents: contentsView(await readImageFile(file)) };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { title: file, problem: missing ? noSuchFileHere(file) : error instanceof Error ? error.message : String(error) };
  }
}

function documentReferences(world: World, language: LanguageName, text: string, file: string | undefined): string[] {
  const source = createSourceText(text);
  const surroundings = { settings: world.settings, workspace: noWorkspaceRules };
  const context = language === 'recipe' ? createRecipeContext(source, surroundings) : createMetalinkContext(source, surroundings);
  const places = placesOf(language, context).filter((place) => file === undefined || place.title === file);
  return [...new Set(places.map((place) => place.text))];
}
