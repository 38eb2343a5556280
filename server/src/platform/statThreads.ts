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

/** Looks at names of one folder on threads of its own. */
export interface StatThreads {
  /** In the order of the names: what stands there, or the error's code. Rejects when a thread dies. */
  stat(folder: string, names: readonly string[]): Promise<(NameStat | string)[]>;
  /** Ends the threads, also in the middle of their work; what is still asked for rejects. Does not wait for a disk that hangs. */
  close(): void;
}

/** A disk that takes longer for one answer, in milliseconds, is asked by several threads at once. */
const slow = 0.1;
/** Enough for a network disk, few enough for others on it. */
const mostThreads = 8;
/** Numbers for each name: kind, size, blocks, names, time of change. */
const width = 5;

interface Answer {
  readonly id: number;
  readonly numbers: Float64Array;
  readonly codes: readonly string[];
  /** Milliseconds that it took. */
  readonly took: number;
}

/**
 * For folders of many files. One synchronous `lstat` costs a fifth of what a promised one does, and a network disk that hangs blocks these
 * threads alone, not the pool that every other file of the process needs.
 */
export function openStatThreads(): StatThreads {
  const threads: { readonly worker: Worker; waiting: number }[] = [];
  const asked = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  let next = 0;
  let isClosed = false;

  const fail = (error: Error): void => {
    for (const { reject } of asked.values()) reject(error);
    asked.clear();
  };
  const start = (): void => {
    // From its text, so that no second file has to be found beside the bundle.
    const worker = new Worker(`(${threadMain.toString()})()`, { eval: true });
    const thread = { worker, waiting: 0 };
    worker.on('message', (answer: Answer) => {
      thread.waiting--;
      asked.get(answer.id)?.resolve(answer);
      asked.delete(answer.id);
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      if (!isClosed) fail(new Error(t('A thread that reads folders has ended.')));
    });
    worker.unref();
    threads.push(thread);
  };

  return {
    async stat(folder, names) {
      if (threads.length === 0) start();
      const [thread] = [...threads].sort((a, b) => a.waiting - b.waiting);
      if (thread === undefined || names.length === 0) return [];
      const id = next++;
      const answer = await new Promise<Answer>((resolve, reject) => {
        asked.set(id, { resolve, reject });
        thread.waiting++;
        thread.worker.ref();
        thread.worker.postMessage({ id, folder, names });
      });
      if (thread.waiting === 0) thread.worker.unref();
      if (answer.took > slow * names.length && threads.length < mostThreads && !isClosed) start();
      return names.map((_, index) => statOf(answer, index));
    },
    close() {
      isClosed = true;
      for (const { worker } of threads) void worker.terminate();
      fail(new Error(t('The folder is not read any further.')));
    },
  };
}

const kinds = ['file', 'folder', 'link', 'other'] as const;

function statOf({ numbers, codes }: Answer, index: number): NameStat | string {
  const [kind = 0, size = 0, blocks = 0, names = 0, modified = 0] = numbers.subarray(index * width, (index + 1) * width);
  return kind < 0 ? (codes[-kind - 1] ?? '') : { kind: kinds[kind] ?? 'other', size, blocks, names, modified };
}

/** What a thread does. Self-contained: see `start`. */
function threadMain(): void {
  const fs = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  parentPort?.on('message', ({ id, folder, names }: { id: number; folder: string; names: readonly string[] }) => {
    const numbers = new Float64Array(names.length * 5);
    const codes: string[] = [];
    const started = performance.now();
    for (let index = 0; index < names.length; index++) {
      try {
        const stat = fs.lstatSync(`${folder}/${names[index] ?? ''}`, { throwIfNoEntry: false });
        if (stat === undefined) throw Object.assign(new Error(), { code: 'ENOENT' });
        const kind = stat.isFile() ? 0 : stat.isDirectory() ? 1 : stat.isSymbolicLink() ? 2 : 3;
        numbers.set([kind, stat.size, stat.blocks, stat.nlink, stat.mtimeMs], index * 5);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        const known = codes.indexOf(code);
        numbers[index * 5] = known >= 0 ? -known - 1 : -codes.push(code);
      }
    }
    parentPort.postMessage({ id, numbers, codes, took: performance.now() - started }, [numbers.buffer]);
  });
}
