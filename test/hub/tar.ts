// Writes tar archives (POSIX ustar) that are the same on every run: layers of the images that are made in memory.

export interface TarEntry {
  readonly name: string;
  readonly text?: string;
  readonly type?: 'file' | 'directory' | 'link';
  /** Target of a symbolic link. */
  readonly target?: string;
  readonly mode?: number;
}

const time = Date.parse('2025-01-13T00:00:00Z') / 1000;

export function tar(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const body = Buffer.from(entry.text ?? '');
    parts.push(header(entry, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512));
  }
  parts.push(Buffer.alloc(1024));
  return Buffer.concat(parts);
}

function header(entry: TarEntry, size: number): Buffer {
  const record = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number) => record.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  record.write(entry.name, 0, 100);
  octal(entry.mode ?? (entry.type === 'directory' ? 0o755 : 0o644), 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(time, 136, 12);
  record.write('        ', 148, 'latin1');
  record.write({ file: '0', link: '2', directory: '5' }[entry.type ?? 'file'], 156, 'latin1');
  record.write(entry.target ?? '', 157, 100);
  record.write('ustar\0' + '00', 257, 'latin1');
  const sum = record.reduce((total, byte) => total + byte, 0);
  record.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return record;
}
