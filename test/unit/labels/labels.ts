import type { Label } from '../../../server/src/labels/label';

/** Lines of `%labels` as the engines split them, for tests: `|`-free text, one label a line. */
export function labelsOf(text: string): Label[] {
  let offset = 0;
  const labels: Label[] = [];
  for (const line of text.split('\n')) {
    const start = offset + (line.length - line.trimStart().length);
    const content = line.trim();
    const space = content.indexOf(' ');
    const keyEnd = space < 0 ? content.length : space;
    const value = content.slice(keyEnd).trim();
    const valueStart = start + content.length - value.length;
    if (content !== '' && !content.startsWith('#'))
      labels.push({
        key: content.slice(0, keyEnd),
        value,
        keyRange: { start, end: start + keyEnd },
        valueRange: { start: valueStart, end: valueStart + value.length },
      });
    offset += line.length + 1;
  }
  return labels;
}
