import { t } from '../text/l10n';
import { nearest } from '../text/nearest';
import { HttpError } from '../platform/ports';
import { readConfiguredSettings } from './configuredSettings';
import { createEnvironment } from './environment';
import type { Environment } from './environment';
import { refuseServerCall } from './serverCall';
import { exitStatus, UsageError } from './terminal';
import { usages } from './usages';
import type { Terminal } from './terminal';

type Command = (words: readonly string[], terminal: Terminal, environment: Environment) => Promise<number>;

/** Each command's code is loaded when it is called: `check` needs no network. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./checkCommand')).check,
  inspect: async () => (await import('./inspectCommand')).inspect,
  verify: async () => (await import('./verifyCommand')).verify,
  pull: async () => (await import('./pullCommand')).pull,
  metalink: async () => (await import('./metalinkCommand')).metalink,
  cache: async () => (await import('./cacheCommand')).cache,
  completion: async () => (await import('./completionScript')).completionScript,
  lsp: () => Promise.resolve(refuseServerCall),
};

/** Runs one command; returns its exit status. Every error becomes one line on standard error; never rejects. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === '--version' || name === '-v' || name === '-V') {
    terminal.out(process.env.CONTAINER_METALINK_VERSION ?? 'development');
    return exitStatus.good;
  }
  if (name === undefined) {
    terminal.note(usageText());
    return exitStatus.usage;
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    const [about] = rest;
    if (about !== undefined && !Object.hasOwn(commands, about)) return refuseCommand(about, terminal);
    terminal.out(usageText(about));
    return exitStatus.good;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return refuseCommand(name, terminal);
  if (asksForHelp(rest)) {
    terminal.out(usageText(name));
    return exitStatus.good;
  }
  let environment: Environment | undefined;
  try {
    const configured = await readConfiguredSettings();
    for (const problem of configured.problems) terminal.note(problem);
    environment = createEnvironment(terminal, configured.settings);
    return await (
      await command()
    )(rest, terminal, environment);
  } catch (error) {
    return report(error, terminal);
  } finally {
    terminal.progress('');
    await environment?.close();
  }
}

/** `--help` or `-h` among the options; what follows `--` is a name. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function refuseCommand(name: string, terminal: Terminal): number {
  const meant = nearest(name, Object.keys(commands));
  terminal.note(
    meant === undefined
      ? t('container-metalink: there is no command "{0}".', name)
      : t('container-metalink: there is no command "{0}". Did you mean "{1}"?', name, meant),
  );
  terminal.note(howToAsk());
  return exitStatus.usage;
}

/** How everything is called, or only `command` when there is one of that name. */
function usageText(command = ''): string {
  const own = usages.filter((usage) => usage.startsWith(`${command} `));
  return [
    t('Usage:'),
    ...(own.length > 0 ? own : usages).map((usage) => `  container-metalink ${usage}`),
    '',
    t(
      'TARGET: an image reference (docker://, oras://, library://, shub://, ipfs://, http(s)://), a local image, a metalink, or a recipe (its images).',
    ),
    t('Exit status: 0 good; 1 findings or a failed verdict; 2 nothing could be verified, or an I/O or network error; 64 usage.'),
  ].join('\n');
}

function report(error: unknown, terminal: Terminal): number {
  const wrongOption = optionProblem(error);
  const message = wrongOption ?? (error instanceof Error ? error.message : String(error));
  if (terminal.signal.aborted) terminal.note(t('Stopped.'));
  else terminal.note(`container-metalink: ${message}`);
  if (error instanceof UsageError || wrongOption !== undefined) {
    terminal.note(howToAsk());
    return exitStatus.usage;
  }
  if (!(error instanceof HttpError) && process.env.CONTAINER_METALINK_DEBUG === '1' && error instanceof Error)
    terminal.note(error.stack ?? '');
  return exitStatus.trouble;
}

function howToAsk(): string {
  return t('"container-metalink help" shows how it is used.');
}

/** What `parseArgs` of Node has against the words, or undefined where the error is another. */
function optionProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS')) return undefined;
  const option = /'(-[^' ]+)/.exec(error.message)?.[1];
  if (option === undefined) return error.message;
  return error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
    ? t('There is no option {0} here.', option)
    : t('{0} is not used like this: it lacks a value, or takes none.', option);
}
