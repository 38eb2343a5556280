import { t } from '../text/l10n';
import type { CompletionOptions } from './completionOptions';
import type { MetalinkContext } from './context';
import { countryName, languageCodes, languageName } from './displayNames';
import { likelyOrigin, partsOfName, valuesBeside, valuesElsewhere } from './knownValues';
import { childrenNamed } from './parse';
import { pieceLengthFor } from './pieceLength';
import { isSafePath, suggestPath } from './paths';
import { countries, hashFunctions, metaurlTypes, operatingSystems, signatureTypes } from './registries';
import type { ValueKind } from './vocabulary';
import { attributeOf } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

export interface ValueCandidate {
  readonly value: string;
  readonly detail?: string;
}

const usualLanguages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'pt-BR', 'nl', 'pl', 'cs', 'ru', 'ja', 'ko', 'zh-Hans', 'zh-Hant'];

const usualSystems = ['LINUX', 'MACOS', 'OSX', 'WIN32', 'UNIX'];

/** Values of a kind, the likeliest first; none where nothing can be guessed. `element` holds the value or its attribute. */
export function completeValue(
  kind: ValueKind,
  element: XmlElement,
  context: MetalinkContext,
  options: CompletionOptions,
): ValueCandidate[] {
  switch (kind) {
    case 'hash-type': {
      const beside = valuesBeside(context, element, 'type');
      return [...hashFunctions]
        .filter(({ name }) => !beside.has(name))
        .reverse()
        .map(({ name, digits, strong }) => ({ value: name, detail: strong ? t('{0} digits', digits) : t('{0} digits, weak', digits) }))
        .sort((a, b) => Number(b.value === 'sha-256') - Number(a.value === 'sha-256'));
    }
    case 'country':
      return [...countries].map((value) => ({ value, ...detailed(countryName(value)) }));
    case 'media-type':
      return signatureTypes.map((value) => ({ value }));
    case 'metaurl-type':
      return metaurlTypes.map((value) => ({ value }));
    case 'operating-system': {
      const beside = valuesBeside(context, element);
      return [...new Set([...usualSystems, ...operatingSystems])].filter((value) => !beside.has(value)).map((value) => ({ value }));
    }
    case 'language': {
      const beside = element.local === 'language' ? valuesBeside(context, element) : new Set<string>();
      return [...usualLanguages, ...languageCodes().filter((code) => !usualLanguages.includes(code))]
        .filter((value) => !beside.has(value))
        .map((value) => ({ value, ...detailed(languageName(value)) }));
    }
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
      return textsOf(element, context).map((value) => ({ value }));
    case 'iri-reference':
      return valuesElsewhere(context, element, element.local === 'publisher' ? 'url' : undefined).map((value) => ({ value }));
    case 'iri': {
      const origin =
        element.local === 'origin' ? likelyOrigin(context.parsed.document, context.parsed.root, context.options.fileName) : undefined;
      return origin === undefined ? [] : [{ value: origin, detail: t('beside the first file') }];
    }
    case 'integer':
    case 'digest':
      return [];
  }
}

/** What the name of the file tells, then what the other files of the document have. */
function textsOf(element: XmlElement, context: MetalinkContext): string[] {
  if (element.local === 'publisher') return valuesElsewhere(context, element, 'name');
  if (element.local === 'signature') return [];
  const { identity, version } = partsOfName(element.parent);
  const told = { identity, version }[element.local];
  return [...new Set([...(told === undefined ? [] : [told]), ...valuesElsewhere(context, element)])];
}

function detailed(detail: string | undefined): { detail?: string } {
  return detail === undefined ? {} : { detail };
}

/** One more than the highest priority among the other sources of the file that holds `element`. */
function nextPriority(element: XmlElement): number {
  return priorityBehind(element.parent?.children.filter((child) => child !== element) ?? []) ?? 1;
}

/** One more than the highest priority among sources; undefined where none has one. */
export function priorityBehind(children: readonly XmlElement[]): number | undefined {
  const used = children
    .filter((child) => child.local === 'url' || child.local === 'metaurl')
    .map((child) => Number(attributeOf(child, 'priority')?.value))
    .filter((value) => Number.isInteger(value) && value > 0 && value < 999_999);
  return used.length === 0 ? undefined : used.reduce((most, value) => Math.max(most, value), 0) + 1;
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
  // What a torrent holds is mostly the file itself.
  const own = element === file ? [] : [attributeOf(file, 'name')?.value ?? ''].filter(isSafePath);
  return [...new Set([...own, ...names])];
}
