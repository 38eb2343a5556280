import { createShellCheck } from '../platform/shellcheck';
import type { ShellCheck } from '../platform/shellcheck';
import type { RecipeContext } from '../recipe/context';
import { shellFindings as findingsOf } from '../recipe/shellFindings';
import { shellSyntaxFindings } from '../recipe/shellSyntax';
import { shellScripts } from '../recipe/shellScripts';
import type { Finding } from '../text/finding';

export interface ShellFindingsOptions {
  readonly signal: AbortSignal;
  /** Called once a program when it is missing or cannot be used. */
  readonly onProblem: (message: string) => void;
}

/** One a program: it remembers that it is missing, so that it is looked for once and said once. */
const checkers = new Map<string, { readonly checker: ShellCheck; told: boolean }>();

/** What ShellCheck says about the scripts of a recipe, at their places; where it is not installed, what no shell could read. Never rejects. */
export async function shellFindings(
  context: RecipeContext,
  program: string,
  { signal, onProblem }: ShellFindingsOptions,
): Promise<Finding[]> {
  let known = checkers.get(program);
  if (known === undefined) {
    known = { checker: createShellCheck(program), told: false };
    checkers.set(program, known);
  }
  const findings: Finding[] = [];
  for (const script of shellScripts(context)) {
    const answer = await known.checker.check(script, signal);
    if (answer.kind === 'cancelled') return [];
    if (answer.kind === 'checked') findings.push(...findingsOf(context, script, answer.comments));
    else {
      findings.push(...(await shellSyntaxFindings(context, script)));
      if (!known.told) onProblem(answer.problem);
      known.told = true;
    }
  }
  return findings;
}
