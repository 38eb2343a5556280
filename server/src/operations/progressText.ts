import { humanBytes, humanDuration } from '../text/human';
import type { Progress } from './progress';
import { t } from '../text/l10n';

/** `tool-1.4.sif  42 %  180 MB of 432 MB  12 MB/s  21 s left  2 of 3 mirrors`. */
export function progressText(progress: Progress): string {
  const parts = [progress.what];
  if (progress.total !== undefined && progress.total > 0)
    parts.push(
      `${Math.floor((progress.done / progress.total) * 100)} %`,
      t('{0} of {1}', humanBytes(progress.done), humanBytes(progress.total)),
    );
  else if (progress.done > 0) parts.push(humanBytes(progress.done));
  if (progress.rate !== undefined && progress.rate > 0) {
    parts.push(`${humanBytes(Math.round(progress.rate))}/s`);
    if (progress.total !== undefined) parts.push(t('{0} left', humanDuration((progress.total - progress.done) / progress.rate)));
  }
  if (progress.mirrors && progress.mirrors.known > 1) parts.push(t('{0} of {1} mirrors', progress.mirrors.active, progress.mirrors.known));
  return parts.join('  ');
}
