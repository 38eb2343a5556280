import { describe, expect, test } from 'vitest';
import { corrupt, cutting, digest, head, honest, limited, randomBytes, rangeless, reply, status } from '../../faults/servers';
import type { Behaviour } from '../../faults/servers';
import { attempt, pieces } from './world';
import type { Attempt, Case } from './world';

const mebibyte = 1024 * 1024;
const data = randomBytes(3 * mebibyte + 123);
const pieceLength = 256 * 1024;
const withPieces = { pieces: pieces(data, pieceLength) };
const other = randomBytes(data.length, 'other');

/** Serves another file than the tests declare. */
function lying(bytes: Buffer, headers: Record<string, string> = {}): Behaviour {
  const serveOther = honest({ headers });
  return (request, socket) => serveOther({ ...request, last: Math.min(request.last, bytes.length - 1) }, socket, bytes);
}

/** The first `count` requests meet one behaviour, the later ones another. */
function first(count: number, then: Behaviour, later: Behaviour): Behaviour {
  let seen = 0;
  return (request, socket, bytes) => (seen++ < count ? then : later)(request, socket, bytes);
}

let change = 0;
const recovers: readonly [title: string, behaviours: readonly Behaviour[], request?: Case['request']][] = [
  ['the first mirror is dead (404)', [status(404), honest()]],
  ['the first mirror is broken (500)', [status(500), honest()]],
  ['the first mirror asks for a sign-in', [status(401, { 'WWW-Authenticate': 'Basic realm="x"' }), honest()]],
  ['the first mirror refuses (403)', [status(403), honest()]],
  ['429 with Retry-After, then good', [first(1, status(429, { 'Retry-After': '1' }), honest())]],
  ['503 twice, then good', [first(2, status(503), honest())]],
  ['416 to a good range', [status(416), honest()]],
  ['a mirror without ranges alone', [rangeless()]],
  ['a mirror without ranges beside a good one', [rangeless(), honest()]],
  ['two mirrors without ranges', [rangeless(), rangeless()]],
  [
    '206 with the wrong range',
    [({ last }, socket) => reply(socket, 206, { 'Content-Range': `bytes 5-${last}/${data.length}` }, data.subarray(5)), honest()],
  ],
  ['206 without a range', [(_r, socket) => reply(socket, 206, {}, data), honest()]],
  ['206 of several parts', [(_r, socket) => reply(socket, 206, { 'Content-Type': 'multipart/byteranges; boundary=x' }, data), honest()]],
  [
    '206 longer than asked',
    [({ from }, socket) => reply(socket, 206, { 'Content-Range': `bytes ${from}-${data.length}/${data.length + 1}` }, data), honest()],
  ],
  [
    'a length that contradicts the range',
    [
      ({ from, last }, socket) =>
        reply(socket, 206, { 'Content-Range': `bytes ${from}-${last}/${data.length}`, 'Content-Length': '5' }, data.subarray(0, 5)),
      honest(),
    ],
  ],
  ['a mirror whose file is shorter', [lying(data.subarray(0, -1)), honest()]],
  ['a mirror whose file is longer', [lying(Buffer.concat([data, Buffer.alloc(9)])), honest()]],
  ['gzip unasked', [honest({ headers: { 'Content-Encoding': 'gzip' } }), honest()]],
  ['a body cut at random offsets', [cutting(() => Math.floor(Math.random() * 400_000) + 1)], withPieces],
  ['a body cut at random offsets, no pieces', [cutting(() => Math.floor(Math.random() * 400_000) + 1)]],
  ['extra bytes behind the body', [(request, socket, bytes) => { void honest()(request, socket, bytes); socket.write('garbage'); }]], // prettier-ignore
  ['chunks instead of a length', [(_r, socket, bytes) => { socket.write(head(200, { 'Transfer-Encoding': 'chunked' })); socket.write(`${bytes.length.toString(16)}\r\n`); socket.write(bytes); socket.write('\r\n0\r\n\r\n'); }]], // prettier-ignore
  ['malformed chunks', [(_r, socket) => void socket.write(`${head(200, { 'Transfer-Encoding': 'chunked' })}zz\r\nabc`), honest()]],
  [
    'both a length and chunks (smuggling)',
    [(_r, socket) => void socket.write(head(200, { 'Transfer-Encoding': 'chunked', 'Content-Length': '5' })), honest()],
  ],
  [
    'two different lengths',
    [(_r, socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n'), honest()],
  ],
  ['a reply that is no HTTP', [(_r, socket) => void socket.end('SSH-2.0-OpenSSH\r\n\r\n'), honest()]],
  ['an endless head', [(_r, socket) => void socket.write(`HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(20_000)}`), honest()]],
  [
    'a body that ends with the connection',
    [(_r, socket, bytes) => void socket.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), bytes]))],
  ],
  ['a connection closed without a word', [(_r, socket) => void socket.destroy(), honest()]],
  ['silence after the request', [() => undefined, honest()]],
  ['silence in the body', [({ from, last }, socket, bytes) => { socket.write(head(206, { 'Content-Range': `bytes ${from}-${last}/${bytes.length}`, 'Content-Length': String(last - from + 1) })); socket.write(bytes.subarray(from, from + 10)); }, honest()]], // prettier-ignore
  ['one byte a second', [limited(1), honest()], withPieces],
  ['one byte a second, no pieces', [limited(1), honest()]],
  ['e1: the first mirror is corrupt, with pieces', [corrupt(() => true), honest()], withPieces],
  ['e1: some pieces of both mirrors are corrupt', [corrupt((at) => at < pieceLength), corrupt((at) => at > 2 * mebibyte)], withPieces],
  ['half of the pieces of each mirror are corrupt', [corrupt((at) => at < mebibyte), corrupt((at) => at >= mebibyte)], withPieces],
  ['one piece is corrupt, the other mirror knows no ranges', [corrupt((at) => at < pieceLength), rangeless()], withPieces],
  ['e1b: the first mirror is corrupt, whole hash only', [corrupt(() => true), honest()]],
  ['e1b: corrupt in one place, whole hash only', [honest(), corrupt((at) => at === mebibyte), honest()]],
  ['e8: four 404 first', [status(404), status(404), status(404), status(404), honest()]],
  ['e9: a mirror without ranges first', [rangeless(), honest()], withPieces],
  [
    'another ETag at every request, with pieces',
    [(request, socket, bytes) => honest({ etag: `"${change++}"` })(request, socket, bytes)],
    withPieces,
  ],
  [
    'a mirror that names another digest',
    [honest({ headers: { 'Repr-Digest': `sha-256=:${Buffer.from(digest(other), 'hex').toString('base64')}:` } }), honest()],
  ],
  ['a redirect loop', [(request, socket) => reply(socket, 302, { Location: request.path === '/a' ? '/b' : '/a' }), honest()]],
  ['redirects without end', [(request, socket) => reply(socket, 302, { Location: `${request.path}x` }), honest()]],
  ['a redirect to a file', [status(302, { Location: 'file:///etc/passwd' }), honest()]],
  [
    'an informational reply before the real one (103)',
    [(request, socket, bytes) => { socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n'); void honest()(request, socket, bytes); }], // prettier-ignore
  ],
  [
    'HTTP/1.0 without keep-alive',
    [({ from, last }, socket, bytes) => void socket.end(Buffer.concat([Buffer.from(`HTTP/1.0 206 Partial\r\nContent-Range: bytes ${from}-${last}/${bytes.length}\r\nContent-Length: ${last - from + 1}\r\n\r\n`), bytes.subarray(from, last + 1)]))], // prettier-ignore
    withPieces,
  ],
  [
    'chunks with extensions and trailers',
    [(_r, socket, bytes) => { socket.write(head(200, { 'Transfer-Encoding': 'chunked', Trailer: 'X-Sum' })); for (let at = 0; at < bytes.length; at += 70_001) { const part = bytes.subarray(at, at + 70_001); socket.write(`${part.length.toString(16)};name="v"\r\n`); socket.write(part); socket.write('\r\n'); } socket.write('0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n'); }], // prettier-ignore
  ],
  ['a head of nearly 64 KiB', [honest({ headers: { 'X-Long': 'x'.repeat(60_000) } })]],
  [
    'a range of a file whose length is not told (*)',
    [({ from, last }, socket, bytes) => reply(socket, 206, { 'Content-Range': `bytes ${from}-${last}/*` }, bytes.subarray(from, last + 1))],
  ],
  ['gzip as transfer coding', [(_r, socket) => void socket.write(head(200, { 'Transfer-Encoding': 'gzip, chunked' })), honest()]],
  [
    'another range unit',
    [({ last }, socket) => reply(socket, 206, { 'Content-Range': `pieces 0-${last}/${data.length}` }, data), honest()],
  ],
  ['weak ETags', [honest({ etag: 'W/"weak"' }), honest({ etag: 'W/"weak"' })]],
  [
    'less than was asked for in each reply',
    [({ from, last }, socket, bytes) => { const end = Math.min(last + 1, from + 200_000); reply(socket, 206, { 'Content-Range': `bytes ${from}-${end - 1}/${bytes.length}`, ETag: '"short"' }, bytes.subarray(from, end)); }], // prettier-ignore
  ],
  ['right bytes after a stall', [first(1, (r, socket) => { socket.write(head(206, { 'Content-Range': `bytes ${r.from}-${r.last}/${data.length}`, 'Content-Length': String(r.last - r.from + 1) })); socket.write(data.subarray(r.from, r.from + 70_000)); }, honest())]], // prettier-ignore
  ['an interim answer without end', [(_r, socket) => void socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(50)), honest()]],
  ['Retry-After that makes no sense', [first(1, status(503, { 'Retry-After': '-5' }), honest())]],
  ['204 and nothing', [status(204), honest()]],
  [
    'a page of HTML with status 200',
    [(_r, socket) => reply(socket, 200, { 'Content-Type': 'text/html' }, Buffer.from('<html>sign in</html>')), honest()],
  ],
  [
    'a relative redirect',
    [(request, socket, bytes) => (request.path === '/real' ? honest()(request, socket, bytes) : reply(socket, 307, { Location: 'real' }))],
  ],
];

describe('the file comes out right when there is', () => {
  test.each(recovers)('%s', async (_title, behaviours, request = {}) => {
    const { error, bytes, left } = await attempt({ data, behaviours, request });
    expect(error?.message).toBeUndefined();
    expect(bytes?.equals(data)).toBe(true);
    expect(left).toEqual(['file.sif']);
  });
});

/** Records of TLS come on although a reply was given up: what they bring must not reach memory that somebody else has by then. */
const withBody = recovers.filter(([title]) => /cut|extra|chunk|without range|body|corrupt|ETag|shorter|longer|second/.test(title));

describe('over TLS the file comes out right when there is', () => {
  test.each(withBody)('%s', async (_title, behaviours, request = {}) => {
    const { error, bytes, left } = await attempt({ data, behaviours, request, secure: true });
    expect(error?.message).toBeUndefined();
    expect(bytes?.equals(data)).toBe(true);
    expect(left).toEqual(['file.sif']);
  });
});

const fails: readonly [title: string, failure: string, behaviours: readonly Behaviour[], request?: Case['request']][] = [
  [
    'a hash that no mirror matches',
    'mismatch',
    [honest(), honest()],
    { hashes: [{ type: 'sha-256', hex: digest(other), source: 'test' }] },
  ],
  [
    'e2: right pieces, wrong whole hash',
    'mismatch',
    [honest()],
    { ...withPieces, hashes: [{ type: 'sha-256', hex: digest(other), source: 'test' }] },
  ],
  ['e3: 3 piece hashes, corrupt tail', 'mismatch', [corrupt((at) => at > 2 * mebibyte)], { pieces: [{ type: 'sha-256', length: pieceLength, hashes: pieces(data, pieceLength)[0]?.hashes.slice(0, 3) ?? [] }] }], // prettier-ignore
  ['e7: a size one byte less', 'no-source', [honest()], { size: BigInt(data.length - 1), hashes: [] }],
  ['a size one byte more', 'no-source', [honest()], { size: BigInt(data.length + 1), hashes: [] }],
  ['e8: nothing but 404', 'no-source', [status(404), status(404)]],
  ['e13: md5 right, sha-256 wrong', 'mismatch', [honest()], { hashes: [{ type: 'md5', hex: digest(data, 'md5'), source: 'test' }, { type: 'sha-256', hex: digest(other), source: 'test' }] }], // prettier-ignore
  [
    'e14: only a hash that cannot be computed',
    'unverifiable',
    [honest()],
    { hashes: [{ type: 'blake3', hex: digest(data), source: 'test' }] },
  ],
  [
    'two sha-256 that differ',
    'unverifiable',
    [honest()],
    { hashes: [digest(data), digest(other)].map((hex) => ({ type: 'sha-256', hex, source: 'test' })) },
  ],
  ['one piece hash that is wrong, e2 the other way', 'mismatch', [honest(), honest()], { pieces: [{ type: 'sha-256', length: pieceLength, hashes: pieces(other, pieceLength)[0]?.hashes ?? [] }] }], // prettier-ignore
  ['chunks that are longer than the size, no hash', 'no-source', [(_r, socket, bytes) => { socket.write(head(200, { 'Transfer-Encoding': 'chunked' })); socket.write(`${(bytes.length + 1).toString(16)}\r\n`); socket.write(bytes); socket.write('x\r\n0\r\n\r\n'); }], { hashes: [] }], // prettier-ignore
  ['only schemes that cannot be fetched', 'no-source', [], { sources: [{ url: 'ftp://127.0.0.1/x', priority: 1 }, { url: 'magnet:?xt=1', priority: 2 }] }], // prettier-ignore
];

describe('nothing gets the final name when there is', () => {
  test.each(fails)('%s: %s', async (_title, failure, behaviours, request = {}) => {
    const { error, bytes } = await attempt({ data, behaviours, request });
    expect(error?.failure).toBe(failure);
    expect(bytes).toBeUndefined();
  });

  test.each(fails.filter(([, failure]) => failure === 'mismatch'))(
    'and nothing wrong is left: %s',
    async (_title, _failure, behaviours, request = {}) => {
      expect((await attempt({ data, behaviours, request })).left).toEqual([]);
    },
  );
});

describe('who is to blame', () => {
  test('nobody when a reply announces less than was asked for', async () => {
    const slice: Behaviour = ({ from, last }, socket, bytes) => {
      const end = Math.min(last + 1, from + 100_000);
      reply(socket, 206, { 'Content-Range': `bytes ${from}-${end - 1}/${bytes.length}`, ETag: '"slice"' }, bytes.subarray(from, end));
    };
    const { result, bytes } = await attempt({ data, behaviours: [slice] });
    expect(bytes?.equals(data)).toBe(true);
    expect(result?.sources).toMatchObject([{ strikes: 0, requests: Math.ceil(data.length / 100_000) }]);
  });
  const said = ({ lines }: Attempt): string => lines.join('\n');
  test('the mirror of a bad piece is named', async () => {
    expect(said(await attempt({ data, behaviours: [corrupt(() => true), honest()], request: withPieces }))).toMatch(
      /127\.0\.0\.1:\d+: piece 0 has a wrong hash/,
    );
  });
  test('the mirror that differs from one with the right hash is named', async () => {
    const slow = [limited(3 * mebibyte), corrupt(() => true)];
    expect(said(await attempt({ data, behaviours: slow }))).toMatch(/127\.0\.0\.2:\d+ gave (wrong bytes|a file with a wrong hash)/);
  });
  test('each mirror has a budget: a dead one is asked a few times, not thousands', async () => {
    const { servers, error } = await attempt({ data, behaviours: [(_r, socket) => void socket.destroy()] });
    expect(error?.failure).toBe('no-source');
    expect(servers[0]?.requests.length).toBeLessThanOrEqual(5);
  });
  test('a mirror with nothing but bad pieces is dropped after three', async () => {
    const { result } = await attempt({ data, behaviours: [corrupt(() => true), limited(4 * mebibyte)], request: withPieces });
    expect(result?.sources[0]).toMatchObject({
      badPieces: expect.any(Number) as number,
      dropped: expect.stringContaining('wrong hash') as string,
    });
  });
});
