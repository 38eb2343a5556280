import { expect, test } from 'vitest';
import { versionIn } from '../../../server/src/operations/engineVersion';

// What the engines print for `--version`; Apptainer is also installed under the name `singularity`.
const outputs: [string, 'apptainer' | 'singularity', string | undefined][] = [
  ['apptainer version 1.3.4', 'apptainer', '1.3.4'],
  ['apptainer version 1.3.4-1.el9', 'apptainer', '1.3.4'],
  ['apptainer version 1.6.0-dev', 'apptainer', '1.6.0'],
  ['singularity version 3.8.7', 'singularity', '3.8.7'],
  ['singularity-ce version 4.1.0', 'singularity', '4.1.0'],
  ['singularity-ce version 4.3.1-noble', 'singularity', '4.3.1'],
  ['singularity-pro version 3.11-2', 'singularity', '3.11'],
  ['apptainer version 1.3.4', 'singularity', undefined],
  ['singularity-ce version 4.1.0', 'apptainer', undefined],
  ['command not found', 'apptainer', undefined],
  ['', 'singularity', undefined],
];

test.each(outputs)('"%s" asked as %s', (output, engine, expected) => {
  expect(versionIn(output, engine)).toBe(expected);
});
