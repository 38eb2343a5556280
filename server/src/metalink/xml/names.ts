import { t } from '../../text/l10n';
import { continuesName, endOfName } from './characters';
import { splitName } from './namespaces';
import type { ProblemList } from './problems';

/** A name as written and its parts. */
export interface TagName {
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
}

/** Reads the names of start tags. Siblings often share a name, so the last one is tried first and its strings are used again. */
export class TagNames {
  /** The name that was read last. */
  last: TagName = { name: '', prefix: '', local: '' };

  constructor(
    private readonly text: string,
    private readonly list: ProblemList,
  ) {}

  /** Reads the name at `start` into `last`; returns the offset behind it. */
  read(start: number): number {
    const { text, last } = this;
    const behind = start + last.name.length;
    if (last.name !== '' && text.startsWith(last.name, start) && !continuesName(text, behind)) return behind;
    const end = endOfName(text, start);
    const name = text.slice(start, end);
    const { prefix, local, wellFormed } = splitName(name);
    if (!wellFormed) this.list.add(start, end, t('`{0}` is not a name with one prefix.', name));
    this.last = { name, prefix, local };
    return end;
  }
}
