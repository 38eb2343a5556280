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
    /** Why nothing is built: something stands where the image would be written. */
    readonly exists: string;
    /** Why nothing is built: the image would be written over the recipe. */
    readonly recipe: string;
    /** Question for a build argument. */
    readonly question: (name: string) => string;
  };
}

/**
 * What bash runs for a build. It never overwrites: an image that is there ends it before the engine starts, because the engine would
 * overwrite without a question when its own cannot be answered; and a recipe is never the image, whoever agreed to what.
 */
export function buildScript({ engine, build, ask, replace, log, texts }: BuildScript): string {
  const image = shellQuote(build.image);
  const recipe = shellQuote(build.recipe);
  const load = engine.module === undefined ? '' : `module load ${shellQuote(engine.module)} && `;
  return [
    refuseWhen(`[ ${image} -ef ${recipe} ]`, texts.recipe),
    ...(replace ? [] : [refuseWhen(`[ -e ${image} ] || [ -L ${image} ]`, texts.exists)]),
    `words=(${[engine.program, ...optionWords(build, replace)].map(shellQuote).join(' ')})`,
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
    // VS Code swallows the output of what ends with an error within half a second.
    '[ "$status" -eq 0 ] || sleep 0.7',
    'exit "$status"',
  ].join('\n');
}

function refuseWhen(test: string, message: string): string {
  return `if ${test}; then echo ${shellQuote(message)} >&2; sleep 0.7; exit 1; fi`;
}

function optionWords({ sandbox, fakeroot, sections, buildArguments, options }: BuildOptions, force: boolean): string[] {
  return [
    'build',
    ...(force ? ['--force'] : []),
    ...(sandbox === true ? ['--sandbox'] : []),
    ...(fakeroot === true ? ['--fakeroot'] : []),
    ...(sections ?? []).flatMap((section) => ['--section', section]),
    ...Object.entries(buildArguments ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(options ?? []),
  ];
}
