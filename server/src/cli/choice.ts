import { t } from '../text/l10n';
import { UsageError } from './terminal';

/** `value` as one of `choices`; throws UsageError that names them. */
export function choice<const C extends string>(option: string, value: string, choices: readonly C[]): C {
  const found = choices.find((c) => c === value);
  if (found === undefined) throw new UsageError(t('{0} takes {1}, not "{2}".', option, choices.join(', '), value));
  return found;
}
