import { withoutCredentials } from '../platform/proxySettings';
import type { World } from './world';

/** The bytes of a file that is there and no web page, at most `limit` of them; undefined otherwise. Rejects only when aborted. */
export async function smallFile(world: World, url: string, limit: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    const response = await world.http.request({ url, signal, reason: 'command' });
    if (response.status === 200 && !/html/i.test(response.headers['content-type']?.[0] ?? '')) return await response.bytes(limit);
    await response.discard();
  } catch (error) {
    signal.throwIfAborted();
    world.log.debug(`${withoutCredentials(url)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}
