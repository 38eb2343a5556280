import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import type { Section } from '../syntax';
import { quoted } from './context';
import type { CheckContext, FindingExtra } from './context';

/** The engines' own variables in scripts (A and S internal/pkg/build/stage.go: which section sees which). */
export function checkVariables(context: CheckContext, section: Section): void {
  const body = context.text.slice(section.bodyRange.start, section.bodyRange.end);
  if (!body.includes('SINGULARITY_') && !body.includes('APPTAINER_')) return;
  for (const match of body.matchAll(/\b(SINGULARITY|APPTAINER)_(ROOTFS|ENVIRONMENT|LABELS|CONTAINER|NAME|BIND|COMMAND|APPNAME)\b/g)) {
    const start = section.bodyRange.start + match.index;
    if (isInComment(context.text, start)) continue;
    checkVariable(context, section, match[1] ?? '', match[2] ?? '', start);
  }
}

function checkVariable(context: CheckContext, section: Section, prefix: string, name: string, start: number): void {
  const { options, report } = context;
  const variable = `${prefix}_${name}`;
  const range = { start, end: start + variable.length };
  if (name === 'ROOTFS' && section.name === 'post') {
    report(
      'lint/rootfs-in-post',
      range,
      t(
        '{0} is set in {1} and {2} only. {3} runs inside the container: its root folder is {4}.',
        quoted(variable),
        '`%pre`',
        '`%setup`',
        '`%post`',
        '`/`',
      ),
      withoutRootfs(context.text, range),
    );
    return;
  }
  const fixes = (to: string) => [{ title: t('Change to {0}', quoted(to)), edits: [{ range, newText: to }], preferred: true }];
  if (prefix === 'SINGULARITY' && options.engine === 'apptainer') {
    if (alsoNames(context.text, range.start, `APPTAINER_${name}`)) return;
    const modern = `APPTAINER_${name}`;
    report(
      'lint/deprecated-variable',
      range,
      t('Apptainer still sets {0}; its own name for it is {1}.', quoted(variable), quoted(modern)),
      {
        fixes: fixes(modern),
        tags: ['deprecated'],
      },
    );
  } else if (prefix === 'APPTAINER' && options.engine === 'singularity' && !alsoNames(context.text, range.start, `SINGULARITY_${name}`)) {
    const own = `SINGULARITY_${name}`;
    report('lint/foreign-variable', range, t('SingularityCE does not set {0}. Its name for it is {1}.', quoted(variable), quoted(own)), {
      fixes: fixes(own),
    });
  }
}

/** `${APPTAINER_ROOTFS:-$SINGULARITY_ROOTFS}`: the author knows. */
function alsoNames(text: string, at: number, variable: string): boolean {
  const lineEnd = text.indexOf('\n', at);
  const lineStart = text.lastIndexOf('\n', at) + 1;
  return text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd).includes(variable);
}

function isInComment(text: string, at: number): boolean {
  const lineStart = text.lastIndexOf('\n', at) + 1;
  return /^\s*#/.test(text.slice(lineStart, Math.min(at, lineStart + 200)));
}

/** `$APPTAINER_ROOTFS/opt` is `/opt` inside the container, and the variable alone is `/`. */
function withoutRootfs(text: string, { start, end }: TextRange): FindingExtra {
  const opening = /\$\{?$/.exec(text.slice(Math.max(0, start - 2), start))?.[0];
  if (opening === undefined) return {};
  const close = opening.length > 1 ? end + 1 : end;
  if (opening.length > 1 && text.charAt(end) !== '}') return {};
  const newText = text.charAt(close) === '/' ? '' : '/';
  const edits = [{ range: { start: start - opening.length, end: close }, newText }];
  return { fixes: [{ title: t('Remove {0}', quoted(text.slice(start - opening.length, close))), edits, preferred: true }] };
}
