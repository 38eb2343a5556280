const span = 3000;

/** Bytes a second over the last three seconds, from totals seen now and then. */
export class RateMeter {
  private readonly samples: { readonly time: number; readonly bytes: number }[] = [];

  /** `total` bytes have come by `now` (milliseconds). */
  see(total: number, now: number): number {
    this.samples.push({ time: now, bytes: total });
    while (this.samples.length > 2 && now - (this.samples[1]?.time ?? now) >= span) this.samples.shift();
    const first = this.samples[0];
    return first === undefined || now <= first.time ? 0 : Math.max(0, ((total - first.bytes) * 1000) / (now - first.time));
  }
}
