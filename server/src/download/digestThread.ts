import type { Hash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { blockPool } from '../platform/partialFile';
import { nodeHash } from './expectation';
import type { RunningDigests } from './runningDigests';

/** What the thread is told. Bytes are not copied: they lie in shared memory. */
type Order = { readonly id: number } & (
  | {
      readonly kind: 'begin';
      readonly hashes: readonly { readonly type: string; readonly algorithm: string; readonly outputLength?: number }[];
    }
  | { readonly kind: 'update'; readonly bytes: Uint8Array }
  | { readonly kind: 'read'; readonly fd: number; readonly from: number; readonly length: number }
  | { readonly kind: 'mark' | 'restore' | 'digests' | 'close' }
);

type Told =
  | { readonly id: number; readonly kind: 'updated' | 'read' | 'unreadable' }
  | { readonly id: number; readonly kind: 'digests'; readonly digests: Record<string, string> };

/**
 * Hashes on a thread of its own, one for all downloads of this thread: the thread that receives bytes and compares pieces does not wait
 * for the whole file's hash. It ends with the last of them.
 */
export class DigestsOnThread implements RunningDigests {
  private readonly id: number;
  /** Blocks that are still to be hashed, in order. */
  private readonly kept: Uint8Array[] = [];
  reads = 0;
  /** The thread has died or could not read the file, and what was hashed is lost. */
  isLost = false;
  private isClosed = false;
  private answer: ((digests: Record<string, string> | undefined) => void) | undefined;

  /** `onHashed` is called when bytes have been hashed, and when the thread has died. */
  constructor(
    types: readonly string[],
    private readonly onHashed: () => void,
  ) {
    this.id = ++lastId;
    open.set(this.id, this);
    const hashes = types.map((type) => {
      const { algorithm, options } = nodeHash(type);
      return { type, algorithm, ...options };
    });
    this.post({ kind: 'begin', id: this.id, hashes });
  }

  get behind(): number {
    return this.kept.length;
  }

  update(bytes: Uint8Array): void {
    if (this.isLost || this.isClosed) return;
    blockPool.keep(bytes);
    this.kept.push(bytes);
    this.post({ kind: 'update', id: this.id, bytes });
  }
  read(fd: number, from: number, length: number): void {
    this.reads++;
    this.post({ kind: 'read', id: this.id, fd, from, length });
  }
  mark(): void {
    this.post({ kind: 'mark', id: this.id });
  }
  restore(): void {
    this.post({ kind: 'restore', id: this.id });
  }

  digests(): Promise<Record<string, string> | undefined> {
    return new Promise((resolve) => {
      this.answer = resolve;
      if (this.isLost) resolve(undefined);
      else this.post({ kind: 'digests', id: this.id });
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.post({ kind: 'close', id: this.id });
    this.isClosed = true;
    this.giveAll();
    open.delete(this.id);
    if (open.size > 0) return;
    void thread?.terminate();
    thread = undefined;
  }

  /** What the thread says about these digests. */
  take(told: Told): void {
    if (told.kind === 'digests') this.answer?.(told.digests);
    else if (told.kind === 'unreadable') this.lose();
    else if (told.kind === 'read') {
      this.reads--;
      this.onHashed();
    } else {
      const bytes = this.kept.shift();
      if (bytes !== undefined) blockPool.letGo(bytes);
      this.onHashed();
    }
  }

  /** The thread is gone, or could not read the file: what it had hashed is lost. */
  lose(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.giveAll();
    this.answer?.(undefined);
    this.onHashed();
  }

  private giveAll(): void {
    for (const bytes of this.kept.splice(0)) blockPool.letGo(bytes);
  }

  private post(order: Order): void {
    if (this.isLost || this.isClosed) return;
    (thread ??= startThread()).postMessage(order);
  }
}

const open = new Map<number, DigestsOnThread>();
let thread: Worker | undefined;
let lastId = 0;

function startThread(): Worker {
  // The thread runs this function from its text: no second file has to be found beside the bundle.
  const worker = new Worker(`(${threadMain.toString()})()`, { eval: true });
  worker.on('message', (told: Told) => open.get(told.id)?.take(told));
  // What was hashed is lost, the download is not: its digests begin anew.
  const end = (): void => {
    if (thread !== worker) return;
    thread = undefined;
    for (const digests of [...open.values()]) digests.lose();
  };
  worker.on('error', end);
  worker.on('exit', end);
  return worker;
}

/** What the thread does. Self-contained: see `startThread`. */
function threadMain(): void {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { readSync } = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const all = new Map<number, { hashes: Map<string, Hash>; marked: Map<string, Hash> }>();
  const copyOf = (hashes: Map<string, Hash>): Map<string, Hash> => new Map([...hashes].map(([type, hash]) => [type, hash.copy()]));
  const memory = Buffer.allocUnsafeSlow(1 << 20);
  /** Hashes a part of a file; false when it cannot be read or ends before. */
  const hashFile = (hashes: Map<string, Hash>, fd: number, from: number, length: number): boolean => {
    try {
      for (let at = 0; at < length;) {
        const read = readSync(fd, memory, 0, Math.min(memory.length, length - at), from + at);
        if (read === 0) return false;
        for (const hash of hashes.values()) hash.update(memory.subarray(0, read));
        at += read;
      }
      return true;
    } catch {
      return false; // whoever reads it then says why
    }
  };
  const tell = (told: Told): void => parentPort?.postMessage(told);
  parentPort?.on('message', (order: Order) => {
    const { id } = order;
    if (order.kind === 'begin') {
      const hashes = new Map(order.hashes.map(({ type, algorithm, ...options }) => [type, createHash(algorithm, options)]));
      all.set(id, { hashes, marked: copyOf(hashes) });
      return;
    }
    const state = all.get(id);
    if (state === undefined) return;
    if (order.kind === 'update') {
      for (const hash of state.hashes.values()) hash.update(order.bytes);
      tell({ id, kind: 'updated' });
    } else if (order.kind === 'read')
      tell({ id, kind: hashFile(state.hashes, order.fd, order.from, order.length) ? 'read' : 'unreadable' });
    else if (order.kind === 'mark') state.marked = copyOf(state.hashes);
    else if (order.kind === 'restore') state.hashes = copyOf(state.marked);
    else {
      all.delete(id);
      const digests = Object.fromEntries([...state.hashes].map(([type, hash]) => [type, hash.digest('hex')]));
      if (order.kind === 'digests') tell({ id, kind: 'digests', digests });
    }
  });
}
