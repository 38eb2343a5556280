import fs from 'node:fs/promises';
import path from 'node:path';
import type { CompletionItem } from 'vscode-languageserver-types';
import type { RecipeContext } from '../recipe/context';
import { pathAt } from '../recipe/reference';
import { completionKind } from '../text/kinds';

const itemLimit = 200;

/**
 * Files and folders for the path at an offset of a recipe, relative to the recipe's folder, where builds are mostly started. Undefined
 * where no path of this machine stands; one folder is read, nothing is opened. Never rejects.
 */
export async function completePath(context: RecipeContext, offset: number, folder: string): Promise<CompletionItem[] | undefined> {
  const place = pathAt(context, offset);
  if (place === undefined) return undefined;
  const typed = context.source.text.slice(place.range.start, offset);
  const slash = typed.lastIndexOf('/') + 1;
  const range = context.source.rangeOf({ start: place.range.start + slash, end: Math.max(offset, place.range.start + slash) });
  const names = await fs.readdir(path.resolve(folder, typed.slice(0, slash)), { withFileTypes: true }).catch(() => []); // no such folder: nothing to offer
  const wanted = names.filter((item) => !item.name.startsWith('.') || typed.slice(slash).startsWith('.'));
  return wanted.slice(0, itemLimit).map((item) => ({
    label: item.isDirectory() ? `${item.name}/` : item.name,
    kind: item.isDirectory() ? completionKind.folder : completionKind.file,
    sortText: `${likely(item.name, item.isDirectory(), place.purpose)}${item.name}`,
    textEdit: { range, newText: item.isDirectory() ? `${item.name}/` : item.name },
    ...(item.isDirectory() && { command: { title: '', command: 'editor.action.triggerSuggest' } }),
  }));
}

/** Images first where an image is wanted, archives where an archive is. */
function likely(name: string, isFolder: boolean, purpose: NonNullable<ReturnType<typeof pathAt>>['purpose']): string {
  if (purpose === 'image' && /\.(sif|simg|img|sqsh|squashfs)$/i.test(name)) return '0';
  if (purpose === 'archive' && /\.(tar|tgz|tar\.gz)$/i.test(name)) return '0';
  if (purpose === 'folder') return isFolder ? '0' : '1';
  return isFolder ? '1' : '2';
}
