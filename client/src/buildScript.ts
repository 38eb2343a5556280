import * as path from 'node:path';
import type { FoundEngine } from './engine';
import { shellQuote } from './shellQuote';

/** A build as tasks.json describes it (package.json, `taskDefinitions`). */
export interface BuildOptions {
  /** Absolute, or relative to the workspace folder. */
  readonly recipe: string;
  readonly image?: string;
  readonly sandbox?: boolean;
  readonly fakeroot?: boolean;
  readonly buildArguments?: Readonly<Record<string, string>>;
  readonly sections?: readonly string[];
  readonly options?: readonly string[];
}

export interface BuildScript {
  readonly engine: Pick<FoundEngine, 'program' | 'module'>;
  readonly build: BuildOptions & { readonly image: string };
  /** Build arguments without value: the terminal asks for them. */
  readonly ask: readonly string[];
  /** The user has agreed that an image that is there is replaced. */
  readonly replace: boolean;
  /** File that takes what the engine prints to standard error. */
  readonly log: string;
  readonly texts: {
    /** Question whether what stands where the image would be written is replaced. */
    readonly replace: string;
    /** The word for yes in the language of the question; its first letter will do, and so will English. */
    readonly yes: string;
    /** Why nothing is built: something stands where the image would be written, and nobody said yes. */
    readonly exists: string;
    /** Why nothing is built: the image would be written over the recipe, or over a folder that holds it. */
    readonly recipe: string;
    /** Question for a build argument. */
    readonly question: (name: string) => string;
  };
}

/**
 * What bash runs for a build. It never overwrites unasked: where an image is there, the terminal asks before the engine starts, because the
 * engine would overwrite without a question when its own cannot be answered; no answer is a no. A recipe, or a folder that holds it or the
 * folder of the workspace, is never the image, whoever agreed to what (as `targetOfBuild` has it).
 */
export function buildScript({ engine, build, ask, replace, log, texts }: BuildScript): string {
  const image = shellQuote(build.image);
  const recipe = shellQuote(build.recipe);
  const load = engine.module === undefined ? '' : `module load ${shellQuote(engine.module)} && `;
  return [
    refuseWhen(`[ ${image} -ef ${recipe} ]`, texts.recipe),
    `if [ -d ${image} ]; then`,
    `  folder=$(cd -P -- ${image} && pwd) || exit 1`,
    ...[path.dirname(build.recipe), '.'].map(
      (kept) => `  ${refuseWhen(`[[ "$(cd -P -- ${shellQuote(kept)} && pwd)/" == "\${folder%/}/"* ]]`, texts.recipe)}`,
    ),
    'fi',
    `force=(${replace ? '--force' : ''})`,
    ...(replace ? [] : askToReplace(image, texts)),
    `words=(${shellQuote(engine.program)} build "\${force[@]}" ${optionWords(build).map(shellQuote).join(' ')})`,
    ...ask.flatMap((name) => [
      `read -r -p ${shellQuote(`${texts.question(name)} `)} value || exit 1`,
      `words+=(--build-arg ${shellQuote(`${name}=`)}"$value")`,
    ]),
    `words+=(${image} ${recipe})`,
    `printf '$ ${load.replaceAll("'", "'\\''").replaceAll('%', '%%')}'; printf '%q ' "\${words[@]}"; echo`,
    `mkdir -p ${shellQuote(path.dirname(log))}`,
    // Standard error goes to the terminal and, for the lines of the recipe, to a file.
    `${load}"\${words[@]}" 2> >(tee ${shellQuote(log)} >&2)`,
    'status=$?',
    'wait $! 2>/dev/null', // until tee has written all
    `${whenRead} exit "$status"`,
  ].join('\n');
}

function askToReplace(image: string, { replace, yes, exists }: BuildScript['texts']): string[] {
  const answers = new Set(['y', 'yes', yes.slice(0, 1), yes]);
  return [
    `if [ -e ${image} ] || [ -L ${image} ]; then`,
    `  read -r -p ${shellQuote(`${replace} `)} answer || answer=''`,
    '  shopt -s nocasematch',
    '  case "$answer" in',
    `    ${[...answers].map(shellQuote).join(' | ')}) force=(--force) ;;`,
    `    *) ${refusal(exists)} ;;`,
    '  esac',
    'fi',
  ];
}

function refuseWhen(test: string, message: string): string {
  return `if ${test}; then ${refusal(message)}; fi`;
}

function refusal(message: string): string {
  return `echo ${shellQuote(message)} >&2; ${whenRead} exit 1`;
}

/**
 * What is written last may never be read when the terminal's process ends at once, and VS Code swallows the output of what ends with an
 * error within half a second.
 */
const whenRead = 'sleep 0.7;';

function optionWords({ sandbox, fakeroot, sections, buildArguments, options }: BuildOptions): string[] {
  return [
    ...(sandbox === true ? ['--sandbox'] : []),
    ...(fakeroot === true ? ['--fakeroot'] : []),
    ...(sections ?? []).flatMap((section) => ['--section', section]),
    ...Object.entries(buildArguments ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(options ?? []),
  ];
}
