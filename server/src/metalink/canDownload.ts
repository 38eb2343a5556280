import type { Finding } from '../text/finding';
import type { TextRange } from '../text/range';
import { judge } from './diagnostics';
import type { MetalinkFile, MetalinkModel } from './metalinkModel';
import type { MetalinkOptions } from './options';
import type { ParsedMetalink } from './parse';
import type { XmlElement } from './xml/tree';

/**
 * What stands against fetching each file of `model`, which is the model of `parsed`: an empty list where nothing does. RFC 5854, section
 * 2: invalid documents should not be used. Errors in a file and errors outside all files block it, errors in another file do not; a
 * DOCTYPE blocks (M4-004); the publisher of MirrorBrain servers never does (M4-029a). The user's severities play no part here.
 */
export function canDownload(
  parsed: ParsedMetalink,
  model: MetalinkModel,
  options: Pick<MetalinkOptions, 'decoding'> = {},
): ReadonlyMap<MetalinkFile, readonly Finding[]> {
  const blocking = blockingFindings(parsed, options);
  const outside = blocking.filter(({ range }) => !model.files.some((file) => isInside(range, file.range)));
  return new Map(model.files.map((file) => [file, [...blocking.filter(({ range }) => isInside(range, file.range)), ...outside]]));
}

/** An incomplete list of pieces is no list: the file is fetched and checked as a whole (the model's `complete` is false). */
const passedOver: ReadonlySet<string> = new Set(['M4-064']);

function blockingFindings(parsed: ParsedMetalink, options: Pick<MetalinkOptions, 'decoding'>): readonly Finding[] {
  const findings = judge(parsed, options);
  const tolerated = new Set(findings.filter(({ code }) => code === 'M4-029a').map(({ range }) => publisherAt(parsed.root, range)?.start));
  return findings
    .filter(({ code, severity }) => (severity === 'error' && !passedOver.has(code)) || code === 'M4-004')
    .filter(({ code, range }) => !(code === 'M4-029' && tolerated.has(range.start - 1)))
    .sort((a, b) => a.range.start - b.range.start);
}

/** The child of the root around a stretch. M4-029 marks its name, M4-029a the names inside it. */
function publisherAt(root: XmlElement | undefined, range: TextRange): XmlElement | undefined {
  return root?.children.find((child) => isInside(range, child));
}

function isInside(range: TextRange, outer: TextRange): boolean {
  return range.start >= outer.start && range.end <= outer.end;
}
