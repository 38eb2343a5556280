import { afterEach, describe, expect, test } from 'vitest';
import { createTransport } from '../../../server/src/platform/transport';
import type { Transport, TransportReply } from '../../../server/src/platform/transport';
import { honest, pause, randomBytes, serve } from '../../faults/servers';
import type { FaultServer } from '../../faults/servers';
import { testAuthorities, testCertificate, testKey } from '../../faults/testCertificate';

const data = randomBytes(3_000_000);
const servers: FaultServer[] = [];
let transport: Transport;

afterEach(async () => {
  transport.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function ask(secure: boolean): Promise<TransportReply> {
  const server = await serve(data, honest(), secure ? { tls: { cert: testCertificate, key: testKey } } : {});
  servers.push(server);
  transport = createTransport({ certificates: testAuthorities });
  return await transport.get({ url: server.url, headers: {} });
}

describe.each([false, true])('a body (TLS: %s)', (secure) => {
  test('comes into the memory that the sink gives, in order', async () => {
    const reply = await ask(secure);
    const body = Buffer.alloc(data.length);
    let at = 0;
    await reply.stream({
      // Shorter than a record of TLS, so that records are taken in parts.
      buffer: () => body.subarray(at, at + 5000),
      filled: (length) => {
        at += length;
        return true;
      },
    });
    expect([at, body.equals(data)]).toEqual([data.length, true]);
  });

  test('writes nowhere any more once it is given up', async () => {
    const reply = await ask(secure);
    const memories: Buffer[] = [];
    let fills = 0;
    const ended = reply.stream({
      buffer: () => {
        const memory = Buffer.alloc(16 * 1024);
        memories.push(memory);
        return memory;
      },
      filled: () => {
        if (++fills === 3) reply.destroy();
        return true;
      },
    });
    await expect(ended).rejects.toThrow(/given up/);
    const before = Buffer.concat(memories);
    await pause(100);
    expect([fills, Buffer.concat(memories).equals(before)]).toEqual([3, true]);
  });

  test('waits while the sink is not ready', async () => {
    const reply = await ask(secure);
    let taken = 0;
    const ended = reply.stream({
      buffer: () => Buffer.allocUnsafe(100_000),
      filled: (length) => {
        taken += length;
        return false;
      },
    });
    await pause(100);
    // What was read and decrypted before the pause still comes.
    expect(taken).toBeLessThan(400_000);
    const timer = setInterval(() => reply.resume(), 1);
    await ended;
    clearInterval(timer);
    expect(taken).toBe(data.length);
  });
});
