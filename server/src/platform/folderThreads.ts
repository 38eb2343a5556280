import { Worker } from 'node:worker_threads';
import { t } from '../text/l10n';

/** What `lstat` says of one name. */
export interface NameStat {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes; blocks of 512 bytes on the disk. */
  readonly size: number;
  readonly blocks: number;
  /** How many names lead to the file. */
  readonly names: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** A name of a folder with what `lstat` says of it, or the error's code. */
export interface SeenName {
  readonly name: string;
  readonly stat: NameStat | string;
}

/** A disk that lets a thread wait longer for one answer, in milliseconds, is asked by several threads at once. */
const slow = 0.1;
/** Enough for a network disk, few enough for others on it. */
const mostThreads = 8;
/** Names that are told together. */
const chunkLength = 1024;

/** What a thread is asked: to read a folder, or to look at names of it. */
type Order = { readonly folder: string } & (
  { readonly read: { readonly chunkLength: number; readonly slow: number } } | { readonly names: string }
);

/**
 * What a thread tells. Names are parted by NUL, which no name holds: all together are handed over much faster than a thousand. Those seen
 * come as UTF-8, to be made into strings of their own: parts of one long string are three times as slow to sort.
 */
type Told =
  | { readonly kind: 'seen'; readonly names: Uint8Array; readonly numbers: Float64Array; readonly codes: readonly string[] }
  /** The disk is slow: others shall look at these. */
  | { readonly kind: 'names'; readonly names: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string };

/**
 * Reads a folder of many names on a thread of its own, with one `lstat` each, in no order: a synchronous one costs a quarter of what a
 * promised one does, and a network disk that hangs blocks these threads alone, not the pool that every other file of the process needs.
 * When answers take long, up to eight threads ask for them. Rejects with the error of the disk, and when aborted, at once.
 */
export async function* readInThreads(folder: string, signal?: AbortSignal): AsyncGenerator<readonly SeenName[]> {
  const threads: Worker[] = [];
  const told: Told[] = [];
  let wake: () => void = () => undefined;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const start = (): Worker => {
    // From its text, so that no second file has to be found beside the bundle.
    const worker = new Worker(`(${threadMain.toString()})()`, { eval: true });
    worker.on('message', (message: Told) => {
      told.push(message);
      wake();
    });
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error(t('A thread that reads {0} has ended.', folder))));
    threads.push(worker);
    return worker;
  };
  const ask = (worker: Worker | undefined, order: Order): void => worker?.postMessage(order);
  const stop = (): void => fail(new Error('aborted'));
  signal?.addEventListener('abort', stop);
  try {
    ask(start(), { folder, read: { chunkLength, slow } });
    // One for the reading, one for each chunk that was handed on.
    for (let open = 1, next = 0; open > 0;) {
      signal?.throwIfAborted();
      if (failure !== undefined) throw failure;
      const message = told.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      switch (message.kind) {
        case 'seen':
          if (message.names.length > 0) yield seenNames(message);
          break;
        case 'names':
          open++;
          if (threads.length < mostThreads) start();
          ask(threads[1 + (next++ % (threads.length - 1))], { folder, names: message.names });
          break;
        case 'end':
          open--;
          break;
        case 'failed':
          throw Object.assign(new Error(message.message), { code: message.code });
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    // Does not wait for a disk that hangs.
    for (const thread of threads) void thread.terminate();
  }
}

const kinds = ['file', 'folder', 'link', 'other'] as const;

function seenNames({ names, numbers, codes }: Extract<Told, { kind: 'seen' }>): SeenName[] {
  const bytes = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
  const seen: SeenName[] = [];
  for (let start = 0, at = 0; start < bytes.length; at += 5) {
    const found = bytes.indexOf(0, start);
    const end = found < 0 ? bytes.length : found;
    const name = bytes.toString('utf8', start, end);
    start = end + 1;
    const kind = numbers[at] ?? 0;
    const [size = 0, blocks = 0, links = 0, modified = 0] = [numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4]];
    seen.push({
      name,
      stat: kind < 0 ? (codes[-kind - 1] ?? '') : { kind: kinds[kind] ?? 'other', size, blocks, names: links, modified },
    });
  }
  return seen;
}

/** What a thread does. Self-contained: see `start`. */
function threadMain(): void {
  const fs = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');

  /** Milliseconds that this thread has run, or waited for a processor: on a busy machine that is no fault of the disk. */
  function busy(): number {
    try {
      const [ran = 0, queued = 0] = fs.readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number);
      return (ran + queued) / 1e6;
    } catch {
      return 0; // not told here: all time counts
    }
  }

  /** Tells what stands under these names; returns the milliseconds that the disk took for one. */
  function look(folder: string, names: readonly string[]): number {
    const numbers = new Float64Array(names.length * 5);
    const codes: string[] = [];
    const started = performance.now() - busy();
    for (let index = 0; index < names.length; index++) {
      const at = index * 5;
      try {
        const stat = fs.lstatSync(`${folder}/${names[index] ?? ''}`, { throwIfNoEntry: false });
        if (stat === undefined) throw Object.assign(new Error(), { code: 'ENOENT' });
        numbers[at] = stat.isFile() ? 0 : stat.isDirectory() ? 1 : stat.isSymbolicLink() ? 2 : 3;
        numbers[at + 1] = stat.size;
        numbers[at + 2] = stat.blocks;
        numbers[at + 3] = stat.nlink;
        numbers[at + 4] = stat.mtimeMs;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        const known = codes.indexOf(code);
        numbers[at] = known >= 0 ? -known - 1 : -codes.push(code);
      }
    }
    const took = (performance.now() - busy() - started) / names.length;
    const told = new TextEncoder().encode(names.join('\0'));
    parentPort?.postMessage({ kind: 'seen', names: told, numbers, codes }, [told.buffer, numbers.buffer]);
    return took;
  }

  function read(folder: string, length: number, limit: number): void {
    const directory = fs.opendirSync(folder, { bufferSize: length });
    const disk = { isSlow: false };
    let names: string[] = [];
    const tell = (): void => {
      if (disk.isSlow) parentPort?.postMessage({ kind: 'names', names: names.join('\0') });
      else disk.isSlow = look(folder, names) > limit;
      names = [];
    };
    try {
      for (let item = directory.readSync(); item !== null; item = directory.readSync()) {
        // The first answers come soon, and tell how quick the disk is.
        if (names.push(item.name) >= (disk.isSlow ? length / 8 : length)) tell();
      }
      if (names.length > 0) tell();
    } finally {
      directory.closeSync();
    }
  }

  parentPort?.on('message', (order: Order) => {
    try {
      if ('read' in order) read(order.folder, order.read.chunkLength, order.read.slow);
      else look(order.folder, order.names.split('\0'));
      parentPort.postMessage({ kind: 'end' });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      parentPort.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error), code });
    }
  });
}
