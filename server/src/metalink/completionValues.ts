import { t } from '../text/l10n';
import type { CompletionOptions } from './completionOptions';
import type { MetalinkContext } from './context';
import { countryName } from './displayNames';
import { childrenNamed } from './parse';
import { pieceLengthFor } from './pieceLength';
import { suggestPath } from './paths';
import { countries, hashFunctions, metaurlTypes, operatingSystems, signatureTypes } from './registries';
import type { ValueKind } from './vocabulary';
import { attributeOf } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

export interface ValueCandidate {
  readonly value: string;
  readonly detail?: string;
}

const languages: readonly [string, string][] = [
  ['en', 'English'], ['de', 'German'], ['fr', 'French'], ['es', 'Spanish'], ['it', 'Italian'], ['pt', 'Portuguese'], ['pt-BR', 'Portuguese, Brazil'],
  ['nl', 'Dutch'], ['pl', 'Polish'], ['cs', 'Czech'], ['ru', 'Russian'], ['ja', 'Japanese'], ['ko', 'Korean'], ['zh-Hans', 'Chinese, simplified'],
  ['zh-Hant', 'Chinese, traditional'],
]; // prettier-ignore

const usualSystems = ['LINUX', 'MACOS', 'OSX', 'WIN32', 'UNIX'];

/** Values of a kind, the likeliest first; none where nothing can be guessed. `element` holds the value or its attribute. */
export function completeValue(
  kind: ValueKind,
  element: XmlElement,
  context: MetalinkContext,
  options: CompletionOptions,
): ValueCandidate[] {
  switch (kind) {
    case 'hash-type':
      return [...hashFunctions]
        .reverse()
        .map(({ name, digits, strong }) => ({ value: name, detail: strong ? t('{0} digits', digits) : t('{0} digits, weak', digits) }))
        .sort((a, b) => Number(b.value === 'sha-256') - Number(a.value === 'sha-256'));
    case 'country':
      return [...countries].map((code) => {
        const detail = countryName(code);
        return { value: code, ...(detail !== undefined && { detail }) };
      });
    case 'media-type':
      return signatureTypes.map((value) => ({ value }));
    case 'metaurl-type':
      return metaurlTypes.map((value) => ({ value }));
    case 'operating-system':
      return [...usualSystems, ...[...operatingSystems].filter((name) => !usualSystems.includes(name))].map((value) => ({ value }));
    case 'language':
      return languages.map(([value, detail]) => ({ value, detail }));
    case 'boolean':
      return [{ value: 'true' }, { value: 'false' }];
    case 'date':
      return [{ value: new Date(options.now).toISOString().replace(/\.\d+Z$/, 'Z'), detail: t('now') }];
    case 'agent':
      return [{ value: options.generator }];
    case 'priority':
      return [{ value: String(nextPriority(element)), detail: t('next in order') }];
    case 'length':
      return pieceLengths(element, context).map((value) => ({
        value: String(value),
        detail: value < 1_048_576 ? `${value / 1024} KiB` : `${value / 1_048_576} MiB`,
      }));
    case 'path':
      return pathsOf(element, context).map((value) => ({ value }));
    case 'text':
    case 'iri':
    case 'iri-reference':
    case 'integer':
    case 'digest':
      return [];
  }
}

/** One more than the highest priority among the other sources of the file. */
function nextPriority(element: XmlElement): number {
  const others =
    element.parent?.children.filter((child) => child !== element && (child.local === 'url' || child.local === 'metaurl')) ?? [];
  const used = others
    .map((child) => Number(attributeOf(child, 'priority')?.value))
    .filter((value) => Number.isInteger(value) && value > 0 && value < 999_999);
  return Math.max(0, ...used) + 1;
}

const usualLengths = [1_048_576, 262_144, 4_194_304, 16_777_216];

/** The length that fits the size of the file first, where that is known. */
function pieceLengths(element: XmlElement, { parsed }: MetalinkContext): number[] {
  const file = element.parent;
  const [size] = file === undefined ? [] : childrenNamed(file, 'size');
  const bytes = Number(size && textOf(parsed.document, size));
  const fitting = Number.isSafeInteger(bytes) && bytes > 0 ? [pieceLengthFor(bytes)] : [];
  return [...new Set([...fitting, ...usualLengths])];
}

/** The last part of each address of the file, made safe. */
function pathsOf(element: XmlElement, { parsed }: MetalinkContext): string[] {
  const file = element.local === 'file' ? element : element.parent;
  if (file === undefined) return [];
  const names = childrenNamed(file, 'url').flatMap((url) => {
    const address = textOf(parsed.document, url)
      .trim()
      .replace(/[?#].*$/, '');
    return suggestPath(address.slice(address.lastIndexOf('/') + 1)) ?? [];
  });
  return [...new Set(names)];
}
