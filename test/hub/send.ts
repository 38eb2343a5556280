// Writes a reply to the wire: ranges, conditions, HEAD, and the faults that concern bytes and time.
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Content } from './content';
import { contentOf } from './content';
import type { Fault } from './faults';
import type { HubRequest, Reply } from './reply';

const chunkSize = 64 * 1024;

/** Sends `reply`; resolves when the body has been handed over, or the client has gone. */
export async function send(request: HubRequest, reply: Reply, faults: readonly Fault[], response: ServerResponse): Promise<void> {
  const fault = <K extends Fault['kind']>(kind: K) => faults.find((f): f is Extract<Fault, { kind: K }> => f.kind === kind);
  if (fault('reset') !== undefined) {
    response.socket?.resetAndDestroy();
    return;
  }
  const delay = fault('delay');
  if (delay !== undefined) await wait(delay.milliseconds);
  if (fault('endless') !== undefined) return sendEndlessly(reply, response);

  const plan = fault('gzip') === undefined ? planBody(request, reply, fault('wrong-range')?.shift ?? 0) : packed(reply);
  for (const [name, value] of Object.entries(plan.headers)) response.setHeader(name, value);
  response.writeHead(plan.status);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await writeBody(plan.content, { start: plan.start, length: plan.length }, pace(faults), response);
}

interface BodyPlan {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly content: Content;
  readonly start: number;
  readonly length: number;
}

/** Status, headers and extent of the body (RFC 9110: §13 conditions, §14 ranges; one range only, a list is answered whole). */
function planBody(request: HubRequest, reply: Reply, shift: number): BodyPlan {
  const content = reply.content ?? contentOf('');
  const headers: Record<string, string | string[]> = { ...reply.headers, 'content-length': String(content.size) };
  const whole = { status: reply.status, headers, content, start: 0, length: content.size };
  if (reply.ranges === undefined || reply.status !== 200) return whole;
  if (reply.ranges) headers['accept-ranges'] = 'bytes';

  const etag = headers.etag;
  const ifMatch = request.headers['if-match'];
  const empty = contentOf('');
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etag)
    return { status: 412, headers: { 'content-length': '0' }, content: empty, start: 0, length: 0 };
  if (request.headers['if-none-match'] !== undefined && request.headers['if-none-match'] === etag) {
    delete headers['content-length'];
    return { status: 304, headers, content: empty, start: 0, length: 0 };
  }
  const range = reply.ranges ? /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') : null;
  const ifRange = request.headers['if-range'];
  if (range === null || (ifRange !== undefined && ifRange !== etag && ifRange !== headers['last-modified'])) return whole;

  const suffix = range[1] === '';
  const from = suffix ? Math.max(0, content.size - Number(range[2])) : Number(range[1]);
  const last = suffix || range[2] === '' ? content.size - 1 : Math.min(Number(range[2]), content.size - 1);
  if (from > last) {
    const unsatisfied = { 'content-range': `bytes */${content.size}`, 'content-length': '0' };
    return { status: 416, headers: unsatisfied, content: empty, start: 0, length: 0 };
  }
  const start = Math.min(from + shift, content.size - 1);
  const length = Math.min(last - from + 1, content.size - start);
  headers['content-range'] = `bytes ${start}-${start + length - 1}/${content.size}`;
  headers['content-length'] = String(length);
  return { status: 206, headers, content, start, length };
}

function packed(reply: Reply): BodyPlan {
  const plain = reply.content ?? contentOf('');
  const content = contentOf(gzipSync(plain.read(0, plain.size)));
  const headers = { ...reply.headers, 'content-encoding': 'gzip', 'content-length': String(content.size) };
  return { status: reply.status, headers, content, start: 0, length: content.size };
}

interface Pace {
  /** Bytes a write. */
  readonly chunk: number;
  /** Milliseconds between writes. */
  readonly pause: number;
  readonly stallAfter: number;
  readonly truncateAfter: number;
}

function pace(faults: readonly Fault[]): Pace {
  const found = { chunk: chunkSize, pause: 0, stallAfter: Infinity, truncateAfter: Infinity };
  for (const fault of faults) {
    if (fault.kind === 'drip') Object.assign(found, { chunk: fault.bytes, pause: fault.interval });
    if (fault.kind === 'rate') Object.assign(found, { chunk: Math.max(1, Math.round(fault.bytesPerSecond / 50)), pause: 20 });
    if (fault.kind === 'stall') found.stallAfter = fault.after;
    if (fault.kind === 'truncate') found.truncateAfter = fault.after;
  }
  return found;
}

async function writeBody(content: Content, extent: { start: number; length: number }, pace: Pace, response: ServerResponse): Promise<void> {
  const began = Date.now();
  for (let sent = 0, writes = 0; sent < extent.length && !response.destroyed; writes++) {
    const limit = Math.min(pace.stallAfter, pace.truncateAfter, extent.length) - sent;
    if (limit <= 0) {
      response.flushHeaders();
      // A stall: the client, or closing the hub, ends it. A truncation: what was written goes out first.
      if (pace.truncateAfter <= pace.stallAfter) response.write('', () => response.socket?.end(() => response.destroy()));
      return;
    }
    const part = content.read(extent.start + sent, Math.min(pace.chunk, limit));
    sent += part.length;
    const room = response.write(part);
    const behind = began + (writes + 1) * pace.pause - Date.now();
    if (behind > 0) await wait(behind);
    else if (!room) await drained(response);
  }
  response.end();
}

async function sendEndlessly(reply: Reply, response: ServerResponse): Promise<void> {
  response.writeHead(reply.status, reply.headers);
  const spaces = Buffer.alloc(chunkSize, 0x20);
  while (!response.destroyed) if (!response.write(spaces)) await drained(response);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
    if (response.destroyed) done();
  });
}
