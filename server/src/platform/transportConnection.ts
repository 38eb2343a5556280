import type net from 'node:net';
import { t } from '../text/l10n';
import { ChunkedBody } from './chunkedBody';
import { endOfHead, longestHead, parseHead } from './httpHead';
import type { ReplyHead } from './httpHead';
import { HttpError } from './ports';
import { socketError } from './transportSocket';
import type { OpenedSocket, SocketReader } from './transportSocket';

/** Where a body goes, without a copy where the socket allows it. */
export interface BodySink {
  /** Memory for the next bytes, at least one byte long. */
  buffer(): Uint8Array;
  /** `length` bytes were put at the start of what `buffer` gave last. False pauses the body until `resume` is called. */
  filled(length: number): boolean;
}

type Phase = 'idle' | 'head' | 'held' | 'body' | 'closed';

/**
 * One HTTP/1.1 connection: a request, its reply's head, its body, then the next. A body of known length is read by the kernel straight
 * into the sink's memory, or decrypted into it; this is where a download saves half of its processor time over Node's own HTTP client
 * (docs/performance.md).
 */
export class HttpConnection implements SocketReader {
  private opened: OpenedSocket | undefined;
  private phase: Phase = 'idle';
  private method = 'GET';
  private gathered: Buffer = Buffer.alloc(0);
  private head: ReplyHead | undefined;
  private readonly scratch = Buffer.allocUnsafeSlow(64 * 1024);
  private sink: BodySink | undefined;
  private sinkMemory: Uint8Array | undefined;
  private chunked: ChunkedBody | undefined;
  /** Bytes of the body still to come; infinite while unknown. */
  private left = 0;
  private paused = false;
  private waiting: { resolve: () => void; reject: (error: HttpError) => void } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastByte = 0;
  /** Called once, when the connection is gone. */
  onClose: (() => void) | undefined;

  constructor(
    readonly key: string,
    private readonly host: string,
  ) {}

  /** The socket is there. */
  attach(opened: OpenedSocket): void {
    this.opened = opened;
    const { socket } = opened;
    if (!opened.direct) socket.on('data', (bytes: Buffer) => this.takeData(bytes));
    socket.on('error', (error) => this.fail(socketError(error, this.host)));
    socket.on('end', () => this.ended());
    socket.on('close', () => this.ended());
  }

  get forward(): OpenedSocket['forward'] {
    return this.opened?.forward;
  }
  get idle(): boolean {
    return this.phase === 'idle';
  }
  /** Bytes of the reply have been seen since the last request. */
  get answered(): boolean {
    return this.phase !== 'head' || this.gathered.length > 0;
  }

  /** Sends a request and waits for the head of its reply. Rejects with `HttpError`. */
  async request(method: string, bytes: string, timeout: number): Promise<ReplyHead> {
    if (this.phase !== 'idle' || this.opened === undefined) throw this.closedError();
    this.phase = 'head';
    this.method = method;
    this.gathered = Buffer.alloc(0);
    this.head = undefined;
    this.resume();
    this.opened.socket.write(bytes, 'latin1');
    await this.wait(timeout);
    return this.readHead();
  }

  /** Sends the body of the reply to `sink`; resolves when all of it has come. Rejects with `HttpError`. */
  async stream(sink: BodySink, idleTimeout: number): Promise<void> {
    if (this.phase === 'idle') return;
    if (this.phase !== 'held') throw this.closedError();
    this.sink = sink;
    this.phase = 'body';
    const early = this.gathered;
    this.gathered = Buffer.alloc(0);
    const finished = this.wait(idleTimeout);
    if (early.length > 0) this.take(early);
    this.resume();
    await finished;
  }

  private readHead(): ReplyHead {
    if (this.head === undefined) throw this.closedError();
    return this.head;
  }

  resume(): void {
    this.paused = false;
    this.lastByte = Date.now();
    this.opened?.socket.resume();
  }

  /** An idle connection does not keep the process alive. */
  keepProcess(alive: boolean): void {
    if (alive) this.opened?.socket.ref();
    else this.opened?.socket.unref();
  }

  destroy(): void {
    this.fail(new HttpError('aborted', t('The request to {0} was given up.', this.host), this.host));
  }

  // The kernel, or TLS, writes into what `buffer` returns.
  buffer(): Uint8Array {
    this.sinkMemory = undefined;
    if (this.phase !== 'body' || this.sink === undefined || this.chunked !== undefined) return this.scratch;
    const memory = this.sink.buffer();
    this.sinkMemory = memory.length > this.left ? memory.subarray(0, this.left) : memory;
    return this.sinkMemory;
  }

  read(length: number, memory: Uint8Array): boolean {
    this.lastByte = Date.now();
    if (memory === this.sinkMemory) this.bodyBytes(length);
    else this.take(this.scratch.subarray(0, length));
    return !this.paused;
  }

  private takeData(bytes: Buffer): void {
    this.lastByte = Date.now();
    this.take(bytes);
    if (this.paused) this.opened?.socket.pause();
  }

  private take(bytes: Buffer): void {
    if (this.phase === 'body') this.takeBody(bytes);
    else if (this.phase === 'head') this.takeHead(bytes);
    // A held body waits for its sink (at most what was read before the pause); bytes after the end of a reply are not HTTP.
    else if (this.phase === 'held') this.gathered = Buffer.concat([this.gathered, bytes]);
    else this.fail(new HttpError('protocol', t('{0} sent more than its reply.', this.host), this.host));
  }

  private takeHead(bytes: Buffer): void {
    this.gathered = Buffer.concat([this.gathered, bytes]);
    const end = endOfHead(this.gathered);
    if (end < 0) {
      if (this.gathered.length > longestHead)
        this.fail(new HttpError('protocol', t('{0}: the head of the reply is too long.', this.host), this.host));
      return;
    }
    let head: ReplyHead;
    try {
      head = parseHead(this.gathered.subarray(0, end), this.method, this.host);
    } catch (error) {
      this.fail(error instanceof HttpError ? error : socketError(error, this.host));
      return;
    }
    const rest = Buffer.from(this.gathered.subarray(end));
    this.gathered = Buffer.alloc(0);
    if (head.status < 200) {
      if (rest.length > 0) this.takeHead(rest);
      return;
    }
    this.head = head;
    this.chunked = head.framing.kind === 'chunked' ? new ChunkedBody() : undefined;
    this.left = head.framing.kind === 'length' ? head.framing.length : head.framing.kind === 'none' ? 0 : Infinity;
    this.gathered = rest;
    this.phase = 'held';
    if (this.left === 0) this.endOfBody();
    else this.paused = true;
    this.done();
  }

  private takeBody(bytes: Buffer): void {
    if (this.chunked !== undefined) {
      try {
        const used = this.chunked.push(bytes, (part) => this.copyToSink(part));
        if (this.chunked.done) {
          this.gathered = bytes.subarray(used);
          this.endOfBody();
          this.done();
        }
      } catch (error) {
        this.fail(new HttpError('protocol', t('{0}: the chunks of the reply are malformed.', this.host), this.host, { cause: error }));
      }
      return;
    }
    const part = bytes.length > this.left ? bytes.subarray(0, this.left) : bytes;
    this.gathered = bytes.subarray(part.length);
    this.copyToSink(part);
  }

  private copyToSink(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.phase === 'body' && this.sink !== undefined) {
      const memory = this.sink.buffer();
      const length = Math.min(memory.length, bytes.length - at, this.left);
      memory.set(bytes.subarray(at, at + length));
      at += length;
      this.bodyBytes(length);
    }
  }

  private bodyBytes(length: number): void {
    this.left -= length;
    if (this.sink?.filled(length) === false) this.paused = true;
    if (this.left > 0 || this.phase !== 'body') return;
    this.endOfBody();
    this.done();
  }

  private endOfBody(): void {
    const extra = this.gathered.length > 0;
    this.gathered = Buffer.alloc(0);
    this.sink = undefined;
    this.chunked = undefined;
    this.paused = false;
    this.phase = 'idle';
    // Whatever follows the end of a reply was not asked for: the reply stands, the connection does not.
    if (extra || this.head?.reusable !== true) this.close();
  }

  private ended(): void {
    if (this.phase === 'body' && this.head?.framing.kind === 'close') {
      this.endOfBody();
      this.done();
      return;
    }
    this.fail(new HttpError('protocol', t('{0} closed the connection before the end.', this.host), this.host));
  }

  private wait(timeout: number): Promise<void> {
    this.lastByte = Date.now();
    this.timer = setInterval(
      () => {
        if (this.paused) this.lastByte = Date.now();
        else if (Date.now() - this.lastByte > timeout)
          this.fail(new HttpError('timeout', t('{0} sent nothing for {1} s.', this.host, Math.round(timeout / 1000)), this.host));
      },
      Math.max(20, timeout / 10),
    );
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
  }

  private done(): void {
    clearInterval(this.timer);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve();
  }

  private fail(error: HttpError): void {
    if (this.phase === 'closed') return;
    const { waiting } = this;
    this.waiting = undefined;
    this.close();
    waiting?.reject(error);
  }

  private close(): void {
    this.phase = 'closed';
    clearInterval(this.timer);
    this.sink = undefined;
    const socket: net.Socket | undefined = this.opened?.socket;
    socket?.destroy();
    this.onClose?.();
  }

  private closedError(): HttpError {
    return new HttpError('protocol', t('{0} closed the connection.', this.host), this.host);
  }
}
