import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A row of the corpus' index.tsv. */
export interface Row {
  readonly file: string;
  readonly dialect: string;
  readonly expected: string;
  readonly severity: string;
  readonly reason: string;
}

export function metalinkRows(folder: string): Row[] {
  const [head = '', ...lines] = readFileSync(path.join(folder, 'index.tsv'), 'utf8').trimEnd().split('\n');
  const columns = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string): string => (cells[columns.indexOf(name)] ?? '').replace(/^"(.*)"$/, '$1').replace(/""/g, '"');
    return { file: cell('file'), dialect: cell('dialect'), expected: cell('expected'), severity: cell('severity'), reason: cell('reason') };
  });
}
