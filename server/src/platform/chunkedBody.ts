type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** Takes the chunked transfer coding (RFC 9112 §7.1) off a body that arrives in arbitrary parts. Chunk extensions and trailers are dropped. */
export class ChunkedBody {
  private state: State = 'size';
  private line = '';
  private left = 0;

  /** The last chunk and its trailer have been read. */
  get done(): boolean {
    return this.state === 'done';
  }

  /**
   * Hands the payload in `bytes` to `emit`; returns how many bytes of `bytes` belong to this body (fewer when it ends inside).
   * Throws an Error on a malformed chunk.
   */
  push(bytes: Buffer, emit: (part: Buffer) => void): number {
    let at = 0;
    while (at < bytes.length && this.state !== 'done') {
      if (this.state === 'data') {
        const part = bytes.subarray(at, at + this.left);
        emit(part);
        at += part.length;
        this.left -= part.length;
        if (this.left === 0) this.state = 'data-end';
        continue;
      }
      const end = bytes.indexOf(10, at);
      this.line += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
      if (this.line.length > 8192) throw new Error('a chunk header is too long');
      if (end < 0) return bytes.length;
      at = end + 1;
      this.endOfLine();
    }
    return at;
  }

  private endOfLine(): void {
    const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
    this.line = '';
    if (this.state === 'data-end') {
      if (line !== '') throw new Error('a chunk is longer than it says');
      this.state = 'size';
    } else if (this.state === 'size') {
      const size = /^([0-9a-fA-F]{1,13})[ \t]*(?:;.*)?$/.exec(line)?.[1];
      if (size === undefined) throw new Error('a chunk has no size');
      this.left = Number.parseInt(size, 16);
      this.state = this.left === 0 ? 'trailer' : 'data';
    } else if (line === '') this.state = 'done';
  }
}
