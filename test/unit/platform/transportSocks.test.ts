import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpError } from '../../../server/src/platform/ports';
import { createTransport } from '../../../server/src/platform/transport';
import { testAuthorities, testCertificate, testKey } from '../../faults/testCertificate';
import type { EmbeddedHub } from '../../hub/hub';
import { startHub } from '../../hub/hub';

let plain: EmbeddedHub;
let secure: EmbeddedHub;

beforeAll(async () => {
  plain = await startHub({ addresses: [] });
  secure = await startHub({ addresses: [], tls: { cert: testCertificate, key: testKey } });
});
afterAll(async () => {
  await plain.close();
  await secure.close();
});

interface SocksProxy {
  readonly port: number;
  /** Hosts that it was asked for, as they came: names stay names. */
  readonly asked: string[];
  /** User names and passwords that it was shown. */
  readonly signIns: string[];
  close(): void;
}

/** RFC 1928 and 1929; every name leads to this machine. `answer`: the reply code, or a text that is sent in the place of the greeting. */
async function startSocks({ password, answer = 0 }: { password?: string; answer?: number | string } = {}): Promise<SocksProxy> {
  const asked: string[] = [];
  const signIns: string[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    const read = (then: (bytes: Buffer) => void): void => void socket.once('data', then);
    const connect = (): void =>
      read((bytes) => {
        const isName = bytes[3] === 3;
        asked.push(isName ? bytes.subarray(5, 5 + (bytes[4] ?? 0)).toString() : bytes.subarray(4, -2).toString('hex'));
        const port = bytes.readUInt16BE(bytes.length - 2);
        const code = typeof answer === 'number' ? answer : 0;
        // In two pieces, and with a name for an address: both are allowed.
        socket.write(Buffer.from([5, code, 0, 3, 4]));
        socket.write(Buffer.from('here\0\0'));
        if (code !== 0) return;
        const onward = net.connect(port, '127.0.0.1');
        onward.on('error', () => socket.destroy());
        socket.pipe(onward).pipe(socket);
      });
    read((greeting) => {
      if (typeof answer === 'string') {
        socket.end(answer);
        return;
      }
      const method = password === undefined ? 0 : greeting.includes(2, 2) ? 2 : 255;
      socket.write(Buffer.from([5, method]));
      if (method === 0) connect();
      if (method !== 2) return;
      read((bytes) => {
        const user = bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString();
        const shown = bytes.subarray(3 + user.length).toString();
        signIns.push(`${user}:${shown}`);
        socket.write(Buffer.from([1, shown === password ? 0 : 1]));
        connect();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked, signIns, close: () => void server.close() };
}

async function fetchBytes(url: string, proxy: string): Promise<number> {
  const transport = createTransport({ proxyFor: () => proxy, certificates: testAuthorities });
  try {
    const reply = await transport.get({ url, headers: {} });
    expect(reply.status).toBe(200);
    const memory = Buffer.alloc(64 * 1024);
    let bytes = 0;
    await reply.stream({ buffer: () => memory, filled: (length) => ((bytes += length), true) });
    return bytes;
  } finally {
    transport.close();
  }
}

const failure = (asked: Promise<unknown>): Promise<HttpError> =>
  asked.then(
    () => {
      throw new Error('it was let through');
    },
    (error: unknown) => {
      if (error instanceof HttpError) return error;
      throw error;
    },
  );

describe('downloads through a SOCKS 5 proxy', () => {
  test('plain and secure; the proxy looks names up, and addresses go as addresses', async () => {
    const proxy = await startSocks();
    const size = plain.images.image('tool-1.4.sif').size;
    const by = `socks5://127.0.0.1:${proxy.port}`;
    expect(await fetchBytes(`http://mirror.invalid:${plain.port}/mirror/a/tool-1.4.sif`, by)).toBe(size);
    expect(await fetchBytes(`https://localhost:${secure.port}/mirror/a/tool-1.4.sif`, by)).toBe(size);
    expect(await fetchBytes(`http://192.0.2.1:${plain.port}/mirror/a/tool-1.4.sif`, by)).toBe(size);
    expect(await fetchBytes(`http://[2001:db8::1:2]:${plain.port}/mirror/a/tool-1.4.sif`, by)).toBe(size);
    expect(proxy.asked).toEqual(['mirror.invalid', 'localhost', 'c0000201', '20010db8000000000000000000010002']);
    expect(proxy.signIns).toEqual([]);
    proxy.close();
  });

  test('user name and password are percent-decoded and shown to the proxy only when it asks', async () => {
    const proxy = await startSocks({ password: 'p@ss word' });
    const url = `http://mirror.invalid:${plain.port}/mirror/a/tool-1.4.sif`;
    expect(await fetchBytes(url, `socks5://me:p%40ss%20word@127.0.0.1:${proxy.port}`)).toBeGreaterThan(0);
    expect(proxy.signIns).toEqual(['me:p@ss word']);
    const wrong = await failure(fetchBytes(url, `socks5://me:wrong-secret@127.0.0.1:${proxy.port}`));
    expect(wrong).toMatchObject({ failure: 'proxy' });
    expect(wrong.message).toMatch(/does not take the user name and password/);
    expect(wrong.message).not.toContain('wrong-secret');
    const none = await failure(fetchBytes(url, `socks5://127.0.0.1:${proxy.port}`));
    expect(none.message).toMatch(/asks for a user name and password/);
    proxy.close();
  });

  test.each([
    [2, /its rules forbid it/],
    [4, /the host cannot be reached/],
    [99, /it answered 99/],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', /malformed|does not speak SOCKS 5/],
    ['', /closed the connection/],
  ])('a refusal is told in words: %j', async (answer, words) => {
    const proxy = await startSocks({ answer });
    const error = await failure(fetchBytes(`http://mirror.invalid:${plain.port}/x`, `socks5://127.0.0.1:${proxy.port}`));
    expect(error.failure).toBe('proxy');
    expect(error.message).toMatch(words);
    proxy.close();
  });

  test('other schemes are named as what they are', async () => {
    const error = await failure(fetchBytes(`http://mirror.invalid:${plain.port}/x`, 'socks4://127.0.0.1:1'));
    expect(error.message).toMatch(/http, https or SOCKS 5/);
  });
});
