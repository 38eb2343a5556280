import type { SyntaxNode } from 'unbash';
import type { Finding, Rule } from '../text/finding';
import { t } from '../text/l10n';
import type { RecipeContext } from './context';
import { applySettings } from './severity';
import { offsetsOf } from './shellFindings';
import type { ShellScript } from './shellScripts';

/** The rule about scripts that a shell cannot read; ShellCheck, where it is installed, tells more by rules of its own. */
export const shellRuleTable: readonly Rule[] = [
  { id: 'lint/shell-syntax', severity: 'error', title: 'A script that the shell cannot read', page: 'lint-shell-syntax.md' },
];

/**
 * Where a shell would refuse a script, for machines without ShellCheck. The grammar is that of bash, which holds that of the other
 * shells: what it refuses, they refuse. The parser is loaded at the first call. Never rejects.
 */
export async function shellSyntaxFindings(context: RecipeContext, script: ShellScript): Promise<Finding[]> {
  const { parse, forEachChild } = await import('unbash');
  const place = offsetsOf(context.source.text, script.section.bodyRange);
  const errors = new Map<number, string>();
  const visit = (node: SyntaxNode, depth: number, outer?: number): void => {
    // Positions in a script between backquotes count in its own text: the place of the whole stands for them.
    const fixed = outer ?? ('source' in node ? node.pos : undefined);
    if ('errors' in node)
      for (const { pos, message } of node.errors ?? []) if (!errors.has(fixed ?? pos)) errors.set(fixed ?? pos, message);
    // No script that people write is nested that deep.
    if (depth < 200) forEachChild(node, (child) => visit(child, depth + 1, fixed));
  };
  visit(parse(script.text), 0);
  // What is said behind the first error follows from it.
  const findings = [...errors]
    .sort(([a], [b]) => a - b)
    .slice(0, 1)
    .map(([offset, words]) => {
      const span = spanAt(script.text, offset);
      return {
        code: 'lint/shell-syntax',
        severity: 'error' as const,
        message: t('A shell cannot read this script, and stops here: {0}.', words),
        range: place(span),
      };
    });
  return applySettings(context.source.text, findings, context.options);
}

/** Line and column (code points) of an offset of a script, with the word there. */
function spanAt(text: string, offset: number) {
  // An error at the end of the script is shown at its last line.
  const space = /^\s*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  const at = Math.min(offset + space, Math.max(0, text.trimEnd().length - 1));
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  const column = Array.from(text.slice(lineStart, at)).length + 1;
  const word = /^\S+/.exec(text.slice(at, at + 80))?.[0] ?? '';
  return { line, column, endLine: line, endColumn: column + Math.max(1, Array.from(word).length) };
}
