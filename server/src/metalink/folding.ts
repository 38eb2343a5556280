import type { FoldingRange } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import type { XmlElement } from './xml/tree';

/** Elements and comments over several lines: what nests, and long values such as a signature. The line of the end tag stays visible. */
export function metalinkFolding({ parsed, source }: MetalinkContext): FoldingRange[] {
  const folds: FoldingRange[] = [];
  const add = (start: number, end: number, kind?: 'comment') => {
    const startLine = source.positionAt(start).line;
    const endLine = source.positionAt(end).line - (kind === undefined ? 1 : 0);
    if (endLine > startLine) folds.push({ startLine, endLine, ...(kind && { kind }) });
  };
  const waiting: XmlElement[] = parsed.root ? [parsed.root] : [];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (element.closed) add(element.start, element.end);
    // Of tens of thousands of piece hashes none is longer than a line.
    if (element.local !== 'pieces') for (const child of element.children) waiting.push(child);
  }
  for (const { kind, start, end } of parsed.document.markup) if (kind === 'comment') add(start, end, 'comment');
  return folds.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
