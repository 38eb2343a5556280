import type { FoldingRange } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import type { XmlElement } from './xml/tree';

/** Elements and comments over several lines. The line of the end tag stays visible. */
export function metalinkFolding({ parsed, source }: MetalinkContext): FoldingRange[] {
  const folds: FoldingRange[] = [];
  const add = (start: number, end: number, kind?: 'comment') => {
    const startLine = source.positionAt(start).line;
    const endLine = source.positionAt(end).line - (kind === undefined ? 1 : 0);
    if (endLine > startLine) folds.push({ startLine, endLine, ...(kind && { kind }) });
  };
  const waiting: XmlElement[] = parsed.root ? [parsed.root] : [];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (element.closed && !element.plain && element.children.length > 0) add(element.start, element.end);
    for (const child of element.children) if (child.children.length > 0) waiting.push(child);
  }
  for (const { kind, start, end } of parsed.document.markup) if (kind === 'comment') add(start, end, 'comment');
  return folds.sort((a, b) => a.startLine - b.startLine);
}
