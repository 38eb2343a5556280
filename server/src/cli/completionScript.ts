import { complete } from '../operations/completeWord';
import { t } from '../text/l10n';
import type { Environment } from './environment';
import { exitStatus, UsageError } from './terminal';
import { usages } from './usages';
import type { Terminal } from './terminal';

const scripts: Readonly<Record<string, string>> = {
  bash: [
    '_container_metalink() {',
    "  local IFS=$'\\n'",
    '  local word="${COMP_LINE:0:COMP_POINT}"; word="${word##* }"',
    '  COMPREPLY=($(container-metalink completion -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))',
    '  # bash splits words at ":": give back only what comes behind the last one',
    '  if [[ "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then',
    '    local colon="${word%"${word##*:}"}"; COMPREPLY=("${COMPREPLY[@]#"$colon"}")',
    '  fi',
    '}',
    'complete -o default -o nospace -F _container_metalink container-metalink',
  ].join('\n'),
  zsh: [
    '#compdef container-metalink',
    '_container_metalink() {',
    '  local -a words_found',
    '  words_found=("${(@f)$(container-metalink completion -- "${LBUFFER}" 2>/dev/null)}")',
    '  compadd -Q -S "" -a words_found',
    '  _files',
    '}',
    'compdef _container_metalink container-metalink',
  ].join('\n'),
  fish: "complete -c container-metalink -a '(container-metalink completion -- (commandline -cp))'",
};

/** `completion bash|zsh|fish` prints a script for the shell; the script calls `completion -- LINE`, which prints candidates for the last word. */
export async function completionScript(words: readonly string[], terminal: Terminal, environment: Environment): Promise<number> {
  const [first, line] = words;
  if (first === '--') {
    for (const candidate of await complete(line ?? '', usages, () => environment.world(environment.settings({})), terminal.signal))
      terminal.out(candidate);
    return exitStatus.good;
  }
  const script = first === undefined ? undefined : scripts[first];
  if (script === undefined) throw new UsageError(t('completion takes bash, zsh or fish.'));
  terminal.out(script);
  return exitStatus.good;
}
