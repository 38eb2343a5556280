import net from 'node:net';
import { t } from '../text/l10n';
import { HttpError } from './ports';
import { percentDecoded } from './userinfo';

/**
 * Asks a SOCKS 5 proxy (RFC 1928), with user name and password where the proxy's URL holds them (RFC 1929), for a connection to the host
 * of `url`. The proxy looks the name up. Afterwards the socket speaks to the host; it is paused. Rejects with `HttpError` `proxy` or
 * `timeout`, the socket destroyed. `timeout`: milliseconds for each reply.
 */
export async function askSocksForTunnel(socket: net.Socket, url: URL, proxy: URL, timeout: number): Promise<void> {
  const refuse = (why: string): HttpError => {
    socket.destroy();
    return new HttpError('proxy', t('The proxy {0} does not let {1} through: {2}.', proxy.host, url.host, why), proxy.host);
  };
  const ask = (message: Buffer, lengthOf: (bytes: Buffer) => number): Promise<Buffer> => {
    socket.write(message);
    return readReply(socket, proxy.host, timeout, lengthOf);
  };

  const credential = credentialOf(proxy);
  const greeting = credential === undefined ? [version, 1, noSignIn] : [version, 2, noSignIn, byPassword];
  const [spoken, method] = await ask(Buffer.from(greeting), () => 2);
  if (spoken !== version) throw refuse(t('it does not speak SOCKS 5'));
  if (method === byPassword && credential !== undefined) {
    const [, status] = await ask(credential, () => 2);
    if (status !== 0) throw refuse(t('it does not take the user name and password'));
  } else if (method !== noSignIn) throw refuse(t('it asks for a user name and password'));

  const [, answer = 1] = await ask(connectRequest(url), lengthOfAnswer);
  if (answer !== 0) throw refuse(answers()[answer] ?? t('it answered {0}', answer));
}

const version = 5;
const noSignIn = 0;
const byPassword = 2;
const connect = 1;
const addressTypes = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** RFC 1929 §2; both parts have 255 bytes at most. */
function credentialOf(proxy: URL): Buffer | undefined {
  if (proxy.username === '' && proxy.password === '') return undefined;
  const parts = [proxy.username, proxy.password].map((text) => Buffer.from(percentDecoded(text)).subarray(0, 255));
  return Buffer.concat([Buffer.from([1]), ...parts.flatMap((part) => [Buffer.from([part.length]), part])]);
}

/** RFC 1928 §4. */
function connectRequest(url: URL): Buffer {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Buffer.alloc(2);
  port.writeUInt16BE(Number(url.port) || (url.protocol === 'https:' ? 443 : 80));
  return Buffer.concat([Buffer.from([version, connect, 0]), addressOf(host), port]);
}

function addressOf(host: string): Buffer {
  if (net.isIPv4(host)) return Buffer.from([addressTypes.ipv4, ...host.split('.').map(Number)]);
  if (net.isIPv6(host)) return Buffer.from([addressTypes.ipv6, ...bytesOfIpv6(host)]);
  const name = Buffer.from(host).subarray(0, 255);
  return Buffer.concat([Buffer.from([addressTypes.name, name.length]), name]);
}

/** Sixteen bytes; `URL` has already brought the address into hexadecimal groups. */
function bytesOfIpv6(address: string): readonly number[] {
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]);
}

/** RFC 1928 §6: how long the answer is depends on the address in it. */
function lengthOfAnswer(bytes: Buffer): number {
  const type = bytes[3];
  if (type === addressTypes.ipv6) return 22;
  return type === addressTypes.name ? 7 + (bytes[4] ?? 0) : 10;
}

function answers(): Readonly<Record<number, string>> {
  return {
    1: t('it failed'),
    2: t('its rules forbid it'),
    3: t('the network cannot be reached'),
    4: t('the host cannot be reached, or its name is not known'),
    5: t('the host refuses connections'),
    6: t('the host did not answer in time'),
  };
}

/** Exactly one reply: neither side says more before we do. */
function readReply(socket: net.Socket, proxy: string, timeout: number, lengthOf: (bytes: Buffer) => number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const finish = (error?: HttpError): void => {
      clearTimeout(timer);
      socket.off('data', take).off('close', closed).off('error', failed).pause();
      if (error === undefined) {
        resolve(bytes);
        return;
      }
      socket.on('error', () => undefined); // what follows a failure that has been reported
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => finish(new HttpError('timeout', t('The proxy {0} did not answer.', proxy), proxy)), timeout);
    const closed = (): void => finish(new HttpError('proxy', t('The proxy {0} closed the connection.', proxy), proxy));
    const failed = (cause: Error): void =>
      finish(new HttpError('proxy', t('The proxy {0} cannot be reached: {1}', proxy, cause.message), proxy, { cause }));
    const take = (part: Buffer): void => {
      bytes = Buffer.concat([bytes, part]);
      const wanted = lengthOf(bytes);
      if (bytes.length === wanted) finish();
      else if (bytes.length > wanted) finish(new HttpError('proxy', t('The proxy {0} gave a malformed reply.', proxy), proxy));
    };
    socket.on('data', take).on('close', closed).on('error', failed).resume();
  });
}
