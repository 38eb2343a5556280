import type { HubOptions, HubWorld } from './hub';
import { HubError } from './hub';

/** One page of a list: what it holds, and where the next one is. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
  /** There are more, and they are not asked for: the list stays incomplete. */
  readonly isCut?: boolean;
}

export interface PageLimits {
  readonly pages: number;
  readonly items: number;
}

export interface PagedWork<T> {
  readonly world: HubWorld;
  readonly options: HubOptions;
  readonly limits: PageLimits;
  /** Called with everything so far after each page. */
  readonly onPage?: (items: readonly T[]) => void;
}

/**
 * Collects a paged list within limits. With `options.deadline` (milliseconds) what is there by then is returned, marked as incomplete,
 * and the request under way is cancelled; a failure after the first page does the same. Rejects when the first page fails.
 */
export async function collectPages<T>(
  first: string,
  fetchPage: (url: string, options: HubOptions) => Promise<Page<T>>,
  { world, options, limits, onPage }: PagedWork<T>,
): Promise<{ readonly items: readonly T[]; readonly incomplete: boolean }> {
  const items: T[] = [];
  const seen = new Set<string>();
  const late = options.deadline === undefined ? undefined : AbortSignal.timeout(options.deadline);
  const signals = [options.signal, late].filter((signal) => signal !== undefined);
  const paged: HubOptions = { ...options, ...(signals.length > 0 && { signal: AbortSignal.any(signals) }) };
  let next: string | undefined = first;
  while (next !== undefined) {
    if (seen.size >= limits.pages || items.length >= limits.items || seen.has(next))
      return { items: items.slice(0, limits.items), incomplete: true };
    seen.add(next);
    try {
      const page: Page<T> = await fetchPage(next, paged);
      for (const item of page.items) items.push(item);
      onPage?.(items);
      if (page.isCut) return { items: items.slice(0, limits.items), incomplete: true };
      next = page.next;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      if (late?.aborted) return { items, incomplete: true };
      if (items.length === 0) throw error;
      world.log.debug(`a list stays incomplete after ${items.length}: ${error instanceof HubError ? error.message : String(error)}`);
      return { items, incomplete: true };
    }
  }
  return { items: items.slice(0, limits.items), incomplete: items.length > limits.items };
}
