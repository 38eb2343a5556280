/** A token bucket that all downloads of a thread draw from. Bytes may be taken in advance; the taker then pauses. */
export class RateLimit {
  private tokens = 0;
  private last = 0;

  /** `bytesPerSecond` 0 is no limit. */
  constructor(private bytesPerSecond = 0) {}

  set(bytesPerSecond: number): void {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Takes `bytes` at time `now` (milliseconds); returns the milliseconds to pause before more is taken. */
  take(bytes: number, now: number): number {
    if (this.bytesPerSecond <= 0) return 0;
    const burst = this.bytesPerSecond / 10;
    this.tokens = Math.min(burst, this.tokens + ((now - this.last) * this.bytesPerSecond) / 1000) - bytes;
    this.last = now;
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens * 1000) / this.bytesPerSecond);
  }
}
