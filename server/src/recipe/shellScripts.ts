import type { RecipeContext } from './context';
import { isDebian } from './baseImage';
import { fields } from './engineText';
import { headerEntry } from './lookup';
import type { Section, Stage } from './syntax';

/** Shells that ShellCheck knows by these names. */
export type ShellDialect = 'sh' | 'bash' | 'dash' | 'ksh';

/** The script of a section, ready to be checked. */
export interface ShellScript {
  readonly stage: Stage;
  readonly section: Section;
  readonly dialect: ShellDialect;
  /** The body with LF line ends; placeholders are replaced by words of the same length, so that every column stays. */
  readonly text: string;
  /** Numbers of ShellCheck's rules that are beside the point here. */
  readonly exclude: readonly number[];
}

/**
 * The scripts of a recipe that a shell runs, with the shell that does: `-c` behind `%post`, `%setup` and `%pre`
 * (internal/pkg/build/util.go, getSectionScriptArgs), the first line `#!…` of `%runscript`, `%startscript` and `%test` (metadata.go,
 * handleShebangScript), else `/bin/sh` of the base image as far as it is known. Scripts of other interpreters are left out.
 */
export function shellScripts({ parsed }: Pick<RecipeContext, 'parsed'>): ShellScript[] {
  const { recipe } = parsed;
  return recipe.stages.flatMap((stage) =>
    stage.sections.flatMap((section) => {
      if (section.content.kind !== 'script' || section.name !== section.keyword) return [];
      const text = scriptText(recipe.text, stage, section);
      const dialect = dialectOf(stage, section, { script: text, recipe: recipe.text });
      return dialect === undefined || text.trim() === '' ? [] : [{ stage, section, dialect, text, exclude: excluded(section) }];
    }),
  );
}

/** Whether a shell runs the script of a section, as far as its arguments and first line tell. */
export function isShellScript(stage: Stage, section: Section, text: string): boolean {
  const start = section.bodyRange.start;
  const script = text.slice(start, Math.min(section.bodyRange.end, start + 500));
  return dialectOf(stage, section, { script, recipe: text }) !== undefined;
}

/** Whether dash runs the script of a section: `/bin/sh` does, and that is dash in the base. */
export function runsInDash(stage: Stage, section: Section, text: string): boolean {
  if (section.keyword === 'pre' || section.keyword === 'setup' || section.keyword === 'environment' || section.keyword === 'appenv')
    return false;
  const start = section.bodyRange.start;
  const script = text.slice(start, Math.min(section.bodyRange.end, start + 500));
  const dialect = dialectOf(stage, section, { script, recipe: text });
  return (dialect === 'dash' || dialect === 'sh') && isDebian(stage) && shellOf(stage, text) !== 'bash';
}

function scriptText(text: string, stage: Stage, { bodyRange }: Section): string {
  const parts: string[] = [];
  let copied = bodyRange.start;
  for (const { range } of stage.placeholders) {
    if (range.start < copied || range.end > bodyRange.end) continue;
    parts.push(text.slice(copied, range.start), text.slice(range.start, range.end).replace(/[^\n]/g, 'V'));
    copied = range.end;
  }
  parts.push(text.slice(copied, bodyRange.end));
  return parts.join('').replaceAll('\r\n', '\n');
}

interface ScriptOfRecipe {
  readonly script: string;
  readonly recipe: string;
}

function dialectOf(stage: Stage, section: Section, { script, recipe }: ScriptOfRecipe): ShellDialect | undefined {
  const words = fields(section.arguments.split('#', 1)[0] ?? '');
  switch (section.keyword) {
    case 'pre':
    case 'setup':
    case 'post': {
      const option = words.indexOf('-c');
      if (option >= 0) return dialectOfProgram(words.slice(option + 1));
      // The host runs the first two.
      return section.keyword === 'post' ? shellOf(stage, recipe) : 'sh';
    }
    case 'runscript':
    case 'startscript':
    case 'test':
    case 'apprun':
    case 'appstart':
    case 'apptest': {
      const hashbang = /^\s*#!\s*(.*)/.exec(script)?.[1];
      return hashbang === undefined ? shellOf(stage, recipe) : dialectOfProgram(fields(hashbang));
    }
    default:
      return shellOf(stage, recipe);
  }
}

function dialectOfProgram(words: readonly string[]): ShellDialect | undefined {
  const names = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
  const name = names[0] === 'env' ? names.find((word, index) => index > 0 && !word.startsWith('-') && !word.includes('=')) : names[0];
  switch (name) {
    case 'sh':
    case 'bash':
    case 'dash':
      return name;
    case 'ash':
    case 'busybox':
      return 'dash';
    case 'ksh':
    case 'mksh':
      return 'ksh';
    default:
      return undefined;
  }
}

/** What `/bin/sh` is: that of the base image, unless `%post` puts bash in its place. */
function shellOf(stage: Stage, recipe: string): ShellDialect {
  const known = shells.get(stage);
  if (known !== undefined) return known;
  const ofBase = shellOfBase(stage);
  const isReplaced = ofBase !== 'bash' && stage.sections.some((section) => replacesShell(section, recipe));
  const shell = isReplaced ? 'bash' : ofBase;
  shells.set(stage, shell);
  return shell;
}

/** All sections of a stage have the same: found once. */
const shells = new WeakMap<Stage, ShellDialect>();

function replacesShell({ keyword, bodyRange }: Section, recipe: string): boolean {
  return keyword === 'post' && replacedShell.test(recipe.slice(bodyRange.start, bodyRange.end));
}

const replacedShell =
  /^[^#\n]*(?:\bln[ \t]+(?:-\w+[ \t]+)*\S*bash[ \t]+\S*\bsh[ \t]*(?:[;&|]|$)|\bdpkg-reconfigure[ \t][^\n]{0,200}\bdash\b)/m;

/** What `/bin/sh` is in the base image: bash in the Red Hat, SUSE and Arch families, dash or its like in Debian’s and Alpine. */
function shellOfBase(stage: Stage): ShellDialect {
  const agent = headerEntry(stage, 'bootstrap')?.value ?? '';
  const from = headerEntry(stage, 'from')?.value ?? '';
  if (/^(?:yum|dnf|zypper|arch)$/.test(agent)) return 'bash';
  if (agent === 'busybox' || isDebian(stage)) return 'dash';
  const name = (from.split(/[:@]/, 1)[0] ?? '').toLowerCase();
  if (
    /(?:^|[/-])(?:centos|rocky(?:linux)?|alma(?:linux)?|fedora|oraclelinux|amazonlinux|rhel|ubi\d*|opensuse|leap|tumbleweed|archlinux)(?:$|[/\d-])/.test(
      name,
    )
  )
    return 'bash';
  if (/(?:centos|rocky|rockylinux|almalinux|ubi|fedora)-?\d/.test(from.toLowerCase())) return 'bash';
  return /(?:^|\/)(?:debian|ubuntu|alpine|busybox)$/.test(name) ? 'dash' : 'sh';
}

/** SC1090, SC1091: files that are sourced are in the container. SC2103, SC2164: `sh -e` stops when `cd` fails. */
function excluded({ keyword }: Section): readonly number[] {
  const stopsAtFailure = keyword === 'pre' || keyword === 'setup' || keyword === 'post' || keyword === 'appinstall';
  return stopsAtFailure ? [1090, 1091, 2103, 2164] : [1090, 1091];
}
