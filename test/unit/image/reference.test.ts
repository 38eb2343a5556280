import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReferenceOptions, ReferencePart } from '../../../server/src/image/reference';
import { formatReference, parseReference } from '../../../server/src/image/reference';
import { fullName, suggestedFileName, withDigest, withTag } from '../../../server/src/image/referenceNames';
import { describeCorpus } from '../corpus';

const hex = '80c52afadf3e7c3f9573de4fe79b7dca57fb3290df6c8dc46a75b02768a81146';
const f64 = 'f'.repeat(64);

const codes = (text: string, options?: ReferenceOptions): string[] => parseReference(text, options).problems.map((p) => p.code);
const stops = (text: string, options?: ReferenceOptions): boolean =>
  parseReference(text, options).problems.some((p) => p.severity === 'error');

/** The text after the preferred fixes of all problems are applied. */
function mended(text: string, options?: ReferenceOptions): string {
  let result = text;
  const edits = parseReference(text, options).problems.flatMap((p) => (p.fixes ?? []).slice(0, 1).flatMap((f) => f.edits));
  for (const { range, newText } of edits.toSorted((a, b) => b.range.start - a.range.start)) {
    result = result.slice(0, range.start) + newText + result.slice(range.end);
  }
  return result;
}

describe('full names', () => {
  test.each([
    // Apptainer internal/pkg/client/oras/oras_test.go
    ['oras://alpine:latest', 'docker.io/library/alpine:latest'],
    ['oras://user/collection/container:2.0.0', 'docker.io/user/collection/container:2.0.0'],
    ['oras://alpine', 'docker.io/library/alpine:latest'],
    ['oras://registry.local/collection/container/image:tag1', 'registry.local/collection/container/image:tag1'],
    ['oras://registry.local/collection/container/image', 'registry.local/collection/container/image:latest'],
    // docker: GGCR pkg/name, distribution/reference
    ['docker://ubuntu', 'docker.io/library/ubuntu:latest'],
    ['docker://docker.io/ubuntu:22.04', 'docker.io/library/ubuntu:22.04'],
    ['docker://index.docker.io/org/tool', 'docker.io/org/tool:latest'],
    ['docker://registry-1.docker.io/library/alpine', 'docker.io/library/alpine:latest'],
    ['docker://localhost/repo:1', 'localhost/repo:1'],
    ['docker://localhost:5000/repo', 'localhost:5000/repo:latest'],
    ['docker://test:5000/repo:tag', 'test:5000/repo:tag'],
    [`docker://test:5000/repo@sha256:${f64}`, `test:5000/repo@sha256:${f64}`],
    ['oras://[2001:db8::1]:5000/repo:tag', '[2001:db8::1]:5000/repo:tag'],
    ['oras://local_registry:5000/repo', 'local_registry:5000/repo:latest'],
    ['docker://xn--n3h.com:18080/foo', 'xn--n3h.com:18080/foo:latest'],
    [`docker://docker.io/${f64}`, `docker.io/library/${f64}:latest`],
    [`docker://${'a'.repeat(237)}`, `docker.io/library/${'a'.repeat(237)}:latest`],
    ['docker://foo/foo_bar.com:8080', 'docker.io/foo/foo_bar.com:8080'],
    ['docker://b.gcr.io/test.example.com/my-app:test.example.com', 'b.gcr.io/test.example.com/my-app:test.example.com'],
    ['docker://quay.io/biocontainers/uropa:3.5.0--py_0', 'quay.io/biocontainers/uropa:3.5.0--py_0'],
    // Apptainer internal/pkg/client/library/library_test.go
    ['library://alpine:latest', 'alpine:latest'],
    ['library://alpine:tag1,tag2', 'alpine:tag1,tag2'],
    ['library://user/collection/container:2.0.0', 'user/collection/container:2.0.0'],
    ['library://hostname/collection/container/image:tag1', 'hostname/collection/container/image:tag1'],
    ['library://hostname/collection/container/image', 'hostname/collection/container/image:latest'],
    ['shub://vsoch/hello-world', 'singularity-hub.org/vsoch/hello-world:latest'],
    [`shub://vsoch/hello-world@${'0'.repeat(32)}`, `singularity-hub.org/vsoch/hello-world@${'0'.repeat(32)}`],
  ])('%s is %s', (text, expected) => {
    const { reference, problems } = parseReference(text);
    expect(problems.filter((p) => p.severity === 'error')).toEqual([]);
    expect(reference && fullName(reference)).toBe(expected);
  });
});

describe('libraries', () => {
  test.each([
    ['library://alpine', undefined, 'alpine', []],
    ['library://alpine:tag1,tag2', undefined, 'alpine', ['tag1', 'tag2']],
    ['library://hostname/collection/container/image:tag1,tag2', 'hostname', 'collection/container/image', ['tag1', 'tag2']],
    ['library://localhost:5000/e/c/n:1', 'localhost:5000', 'e/c/n', ['1']],
    [`library://e/c/n:sha256.${hex}`, undefined, 'e/c/n', [`sha256.${hex}`]],
  ])('%s', (text, host, libraryPath, tags) => {
    expect(parseReference(text).reference).toMatchObject({ kind: 'library', path: libraryPath, tags, ...(host && { host }) });
  });
  test('a hash in the place of the tag is a digest', () => {
    expect(parseReference(`library://e/c/n:sha256.${hex}`).reference).toMatchObject({ digest: { algorithm: 'sha256', hex } });
  });
  test('the Library header counts unless a host is written', () => {
    expect(parseReference('e/c/n', { agent: 'library', library: 'https://lib.example' }).reference).toMatchObject({
      library: 'https://lib.example',
    });
    expect(parseReference('h/e/c/n', { agent: 'library', library: 'https://lib.example' }).reference).not.toHaveProperty('library');
  });
});

// Apptainer internal/pkg/client/shub/util_test.go
describe('shub, the engine’s list', () => {
  test.each([
    'shub://username/container',
    'shub://username/container:tag',
    'shub://username/container@00000000000000000000000000000000',
    'shub://registry/username/container',
    'shub://registry/with/levels/username/container',
    'shub://registry/user-name/container-with-dash',
    'shub://registry/username/container.with.period',
    'shub://username/container:tag-with-dash',
    'shub://username/container:tag_wtih_underscore',
    'shub://username/container:tag.with.period',
    'shub://myprivateregistry.sylabs.io/sylabs/container:latest',
  ])('%s is valid', (text) => {
    expect(codes(text)).toEqual([]);
    expect(parseReference(text).reference && formatReference(parseReference(text).reference!)).toBe(text);
  });
  test.each([
    'shub://username/',
    'shub://username/container:',
    'shub://username/container@',
    'shub://username/container@0000000000000000000000000000000',
    'shub://username/container@000000000000000000000000000000000',
    'shub://username/container@abcdefghijklmnopqrstuvwxyz123456',
    'shub://registry/user.name/container',
    'shub://username.with.period/container:tag',
    'shub://-username/container:',
    'shub://username-/container:',
    'shub://-registry/username/container:',
    'shub://registry-/username/container:',
  ])('%s is invalid', (text) => {
    expect(stops(text)).toBe(true);
    expect(parseReference(text).reference).toBeUndefined();
  });
});

// distribution/reference reference_test.go
describe('docker, what the reference library refuses', () => {
  test.each([
    [':justtag', 'build/reference-name'],
    [`@sha256:${f64}`, 'build/reference-name'],
    ['repo@sha256:ffffffffffffffffffffffffffffffffff', 'build/reference-digest'],
    [`validname@invaliddigest:${f64}`, 'build/reference-digest'],
    ['Uppercase:tag', 'build/reference-uppercase'],
    ['test:5000/Uppercase/lowercase:tag', 'build/reference-uppercase'],
    [`${'a/'.repeat(128)}a:tag`, 'build/reference-name'],
    ['aa/asdf$$^/aa', 'build/reference-name'],
    ['[fe80::1%eth0]:5000/repo', 'build/reference-host'],
    // containers/image docker/reference/regexp.go
    ['[2001:db8::1]:5000/repo:tag', 'build/reference-host'],
    ['h_h.io/x', 'build/reference-host'],
    ['a'.repeat(238), 'build/reference-name'],
    [`example.com/${'a'.repeat(244)}`, 'build/reference-name'],
    ['bücher.example/x', 'build/reference-host'],
    [`${f64}@sha256:12`, 'build/reference-digest'],
    ['ubuntu:', 'build/reference-tag'],
    ['ubuntu:a,b', 'build/reference-tag'],
    ['ubuntu:.a', 'build/reference-tag'],
    [`ubuntu:${'a'.repeat(129)}`, 'build/reference-tag'],
    ['org//tool', 'build/reference-slashes'],
    ['org/tool/', 'build/reference-slashes'],
    ['host:99999/x', 'build/reference-host'],
    [f64, 'build/reference-name'],
    ['foo__bar___baz', 'build/reference-name'],
    ['', 'build/reference-empty'],
  ])('%s → %s', (name, code) => {
    expect(codes(`docker://${name}`)).toContain(code);
    expect(parseReference(`docker://${name}`).reference).toBeUndefined();
  });
});

describe('did you mean', () => {
  test.each<[string, string, ReferenceOptions?]>([
    ['docker:ubuntu', 'docker://ubuntu'],
    ['docker:/ubuntu', 'docker://ubuntu'],
    ['docker:///ubuntu', 'docker://ubuntu'],
    ['docker//ubuntu', 'docker://ubuntu'],
    ['dcoker://ubuntu', 'docker://ubuntu'],
    ['Docker://ubuntu', 'docker://ubuntu'],
    ['ubuntu:22.04', 'docker://ubuntu:22.04'],
    ['library:e/c/n', 'library://e/c/n'],
    ['shub:/vsoch/hello-world', 'shub://vsoch/hello-world'],
    ['docker://Ubuntu:22.04', 'docker://ubuntu:22.04'],
    ['docker://ghrc.io/org/tool', 'docker://ghcr.io/org/tool'],
    ['docker://qauy.io/org/tool', 'docker://quay.io/org/tool'],
    ['docker://ubuntu :22.04', 'docker://ubuntu:22.04'],
    ['docker://ubu\u200bntu', 'docker://ubuntu'],
    ['docker://ubuntu:', 'docker://ubuntu'],
    [`docker://ubuntu:sha256:${hex}`, `docker://ubuntu@sha256:${hex}`],
    [`docker://ubuntu@${hex}`, `docker://ubuntu@sha256:${hex}`],
    [`docker://ubuntu@sha256.${hex}`, `docker://ubuntu@sha256:${hex}`],
    [`docker://ubuntu@sha256:${hex.toUpperCase()}`, `docker://ubuntu@sha256:${hex}`],
    [`docker://ubuntu:22.04@sha256:${hex}`, `docker://ubuntu@sha256:${hex}`],
    [`library://e/c/n@sha256:${hex}`, `library://e/c/n:sha256.${hex}`],
    [`library://e/c/n:sha256:${hex}`, `library://e/c/n:sha256.${hex}`],
    ['docker://hub.docker.com/r/bids/fmriprep', 'docker://bids/fmriprep'],
    ['docker://cloud.sylabs.io/library/e/c/n', 'library://e/c/n'],
    ['hub.docker.com/_/ubuntu', 'docker://ubuntu'],
    ['docker://ubuntu', 'ubuntu', { agent: 'docker' }],
    ['library://e/c/n', 'e/c/n', { agent: 'docker' }],
    ['https://hub.docker.com/r/bids/fmriprep', 'bids/fmriprep', { agent: 'docker' }],
    ['https://quay.io/repository/biocontainers/samtools?tab=tags', 'quay.io/biocontainers/samtools', { agent: 'docker' }],
    ['https://github.com/orgs/apptainer/packages/container/package/alpine', 'ghcr.io/apptainer/alpine', { agent: 'docker' }],
    ['shub://vfonov/minc-toolkit-containers:1.9.16', 'vfonov/minc-toolkit-containers:1.9.16', { agent: 'shub' }],
    ['docker-daemon:ubuntu', 'docker-daemon:ubuntu:latest'],
    ['oci://layout', 'oci:layout'],
    ['https://user:secret@example.org/x.sif', 'https://example.org/x.sif'],
  ])('%s → %s', (text, expected, options) => {
    expect(codes(text, options)).not.toEqual([]);
    expect(mended(text, options)).toBe(expected);
  });
  test('a message never repeats a password', () => {
    const messages = parseReference('https://user:secret@example.org/x.sif').problems.map((p) => p.message);
    expect(messages.join()).not.toContain('secret');
  });
});

describe('what is fine', () => {
  test.each<[string, ReferenceOptions?]>([
    ['docker://ghcr.io/apptainer/alpine:3.15.0'],
    ['docker://lscr.io/linuxserver/x'],
    ['docker://us.gcr.io/p/x'],
    ['docker://registry.example.org/a/b/c/d:1'],
    ['docker://10.0.0.1:5000/x'],
    [`docker://ubuntu:22.04@sha256:${hex}`, { engine: 'singularity' }],
    ['docker://[2001:db8::1]:5000/x', { engine: 'singularity' }],
    [`oras://ghcr.io/org/tool:1@sha256:${hex}`],
    ['library://library/default/ubuntu:1', { agent: 'library' }],
    ['ubuntu', { agent: 'docker' }],
    ['ubuntu', { agent: 'localimage' }],
    ['anything at all', { agent: 'yum' }],
    ['docker-archive:/some path/image.tar'],
    ['oci-archive:image.tar:latest'],
    [`oci:/layout@sha256:${hex}`],
    ['docker-daemon:org/tool:1'],
    ['https://example.org/a/b.sif?x=1'],
    ['http://example.org/b.sif'],
    ['ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'],
    ['ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/image.sif'],
  ])('%s', (text, options) => {
    expect(codes(text, options)).toEqual([]);
  });
});

describe('what is not', () => {
  test.each<[string, string, ReferenceOptions?]>([
    ['docker://ubuntu\r\nHost: evil', 'build/reference-characters'],
    ['docker://ubuntu:22.04\u0000', 'build/reference-characters'],
    ['https://example.org/a b', 'build/reference-characters'],
    ['https://', 'build/reference-url'],
    ['oras://[2001:db8:1]/repo', 'build/reference-host'],
    ['oras://[::1]:99999/repo', 'build/reference-host'],
    ['ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnS4dG', 'build/reference-cid'],
    ['ipfs://', 'build/reference-cid'],
    ['ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi', 'build/reference-scheme', { engine: 'singularity' }],
    ['library://library.sylabs.io/ubuntu:22.04', 'lint/reference-library-host'],
    ['library://localhost:5000/x/y', 'lint/reference-library-host'],
    ['library://a/b/c/d/e', 'build/reference-name'],
    ['library://a/b?c', 'build/reference-name'],
    ['library://a/b:1,', 'build/reference-tag'],
    ['library://a/b:1,2', 'lint/reference-tags'],
    [`docker://ubuntu:sha256.${hex}`, 'lint/reference-library-hash'],
    ['oci:/layout@sha256:12', 'build/reference-digest'],
    ['docker-archive:', 'build/reference-empty'],
    ['ftp://example.org/x', 'build/reference-scheme'],
    ['', 'build/reference-empty'],
    ['', 'build/reference-empty', { agent: 'docker' }],
    ['library://x', 'build/reference-scheme-in-from', { agent: 'oras' }],
  ])('%j → %s', (text, code, options) => {
    expect(codes(text, options)).toContain(code);
  });
  test('tag and digest together warn for Apptainer, and the reference is still there', () => {
    const { reference, problems } = parseReference(`docker://ubuntu:22.04@sha256:${hex}`);
    expect(problems.map((p) => [p.code, p.severity])).toEqual([['build/reference-tag-and-digest', 'warning']]);
    expect(reference).toMatchObject({ tag: '22.04', digest: { hex } });
  });
});

describe('recipes', () => {
  const full = (text: string, options: ReferenceOptions): string | undefined => {
    const { reference } = parseReference(text, options);
    return reference && fullName(reference);
  };
  test('Registry and Namespace come before From', () => {
    expect(full('tool:1', { agent: 'docker', registry: 'ghcr.io', namespace: 'org' })).toBe('ghcr.io/org/tool:1');
    expect(full('tool', { agent: 'docker', namespace: 'org' })).toBe('docker.io/org/tool:latest');
    expect(full('org/tool', { agent: 'docker', registry: 'localhost:5000' })).toBe('localhost:5000/org/tool:latest');
    expect(full('ghcr.io/org/tool', { agent: 'oras', registry: 'quay.io' })).toBe('ghcr.io/org/tool:latest');
  });
  test('a problem of a header marks the whole value and offers no edit', () => {
    const [problem] = parseReference('tool', { agent: 'docker', registry: 'ghrc.io', offset: 100 }).problems;
    expect(problem).toMatchObject({ code: 'lint/reference-host-typo', range: { start: 100, end: 104 } });
    expect(problem?.fixes).toBeUndefined();
  });
  test('a template stands for nothing yet', () => {
    expect(parseReference('alpine:{{ OS_VER }}', { agent: 'docker' })).toMatchObject({ templated: true, scheme: 'docker', problems: [] });
  });
  test('the path names the platform', () => {
    expect(parseReference('docker://arm64v8/alpine').reference).toMatchObject({
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    });
    expect(parseReference('docker://docker.io/amd64/alpine').reference).toMatchObject({ platform: { architecture: 'amd64' } });
    expect(parseReference('docker://constructor/alpine').reference).not.toHaveProperty('platform');
  });
});

describe('parts', () => {
  const parts = (text: string, options?: ReferenceOptions): Record<string, string> => {
    const { parts: found } = parseReference(text, options);
    return Object.fromEntries(
      Object.entries(found).map(([name, part]) => [
        name,
        Array.isArray(part) ? (part as readonly ReferencePart[]).map((p) => p.text).join('|') : (part as ReferencePart).text,
      ]),
    );
  };
  test.each<[string, Record<string, string>, ReferenceOptions?]>([
    [
      'docker://ghcr.io/org/team/tool:1.4',
      { scheme: 'docker', host: 'ghcr.io', namespace: 'org/team', name: 'tool', path: 'org/team/tool', tag: '1.4' },
    ],
    ['docker://ubuntu:', { scheme: 'docker', name: 'ubuntu', path: 'ubuntu', tag: '' }],
    ['ghcr.io/', { host: 'ghcr.io', name: '', path: '' }, { agent: 'docker' }],
    ['library://h.io/e/c/n:a,b', { scheme: 'library', host: 'h.io', namespace: 'e/c', name: 'n', path: 'e/c/n', tag: 'a,b', tags: 'a|b' }],
    [
      `library://n:sha256.${hex}`,
      { scheme: 'library', name: 'n', path: 'n', tag: `sha256.${hex}`, tags: `sha256.${hex}`, digest: `sha256.${hex}` },
    ],
    [
      `shub://reg.org/u/n:t@${'a'.repeat(40)}`,
      { scheme: 'shub', host: 'reg.org', namespace: 'u', path: 'u/n', name: 'n', tag: 't', tags: 't', digest: 'a'.repeat(40) },
    ],
    [
      'https://u:p@example.org:8080/x.sif',
      { scheme: 'https', url: 'https://u:p@example.org:8080/x.sif', host: 'example.org:8080', path: '/x.sif' },
    ],
    ['oci-archive:/a/b.tar:latest', { scheme: 'oci-archive', path: '/a/b.tar', tag: 'latest', tags: 'latest' }],
  ])('%s', (text, expected, options) => {
    expect(parts(text, options)).toEqual(expected);
  });
  test('ranges are shifted by where the text stands', () => {
    const text = '  docker://ghcr.io/org/tool:1';
    const { parts: found } = parseReference(text, { offset: 10 });
    expect(found.tag?.range).toEqual({ start: 10 + text.indexOf('1'), end: 10 + text.length });
  });
});

// Apptainer internal/pkg/util/uri/uri_test.go
test.each([
  ['docker://ubuntu', 'ubuntu_latest.sif'],
  ['docker://user/image', 'image_latest.sif'],
  ['docker://sylabs.io/lolcow:3.7', 'lolcow_3.7.sif'],
  ['library://e/c/n:a,b', 'n_a.sif'],
  ['shub://vsoch/hello-world', 'hello-world_latest.sif'],
  ['https://example.org/a/tool-1.4.sif?x=1', 'tool-1.4.sif'],
  ['https://example.org/..%2F..%2Fetc', '_.._etc'],
  ['https://example.org/', 'image.sif'],
])('%s is pulled as %s', (text, expected) => {
  expect(suggestedFileName(parseReference(text).reference!)).toBe(expected);
});

test('digest and tag are set and taken away', () => {
  const set = (text: string, keepTag: boolean): string =>
    formatReference(withDigest(parseReference(text).reference!, { algorithm: 'sha256', hex }, { keepTag }));
  expect(set('docker://ubuntu:22.04', true)).toBe(`docker://ubuntu:22.04@sha256:${hex}`);
  expect(set('docker://ubuntu:22.04', false)).toBe(`docker://ubuntu@sha256:${hex}`);
  expect(set('library://e/c/n:1', true)).toBe(`library://e/c/n:sha256.${hex}`);
  expect(formatReference(withDigest(parseReference(`oras://h.io/x:1@sha256:${hex}`).reference!, undefined))).toBe('oras://h.io/x:1');
  expect(formatReference(withTag(parseReference(`oras://h.io/x:1@sha256:${hex}`).reference!, '2'))).toBe('oras://h.io/x:2');
  expect(formatReference(withTag(parseReference('shub://a/b').reference!, '2'))).toBe('shub://a/b:2');
});

test.each([
  ['docker://docker.io/library/ubuntu:22.04', 'docker://ubuntu:22.04'],
  ['docker://index.docker.io/org/tool', 'docker://org/tool'],
  ['docker://docker.io/foo.bar/baz:1', 'docker://docker.io/foo.bar/baz:1'],
  ['oras://docker.io/localhost/baz', 'oras://docker.io/localhost/baz'],
  ['docker://test.com:5000', 'docker://test.com:5000'],
  ['docker://library/a/b', 'docker://library/a/b'],
])('%s is printed as %s, and means the same', (text, expected) => {
  const { reference } = parseReference(text);
  expect(formatReference(reference!)).toBe(expected);
  expect(parseReference(expected).reference).toEqual(reference);
});

describe('properties', () => {
  test('never fails, ranges stay inside, and printing is the inverse of parsing', () => {
    const scheme = fc.constantFrom('docker://', 'oras://', 'library://', 'shub://', 'https://', 'oci:', 'ipfs://', '');
    const soup = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', 'A', '/', ':', '@', '.', '-', '_', '1', ' ', '\u200b', ',') }),
    );
    fc.assert(
      fc.property(scheme, soup, fc.constantFrom(undefined, 'docker', 'library', 'shub', 'oras'), (prefix, body, agent) => {
        const text = prefix + body;
        const parsed = parseReference(text, { ...(agent && { agent }), offset: 7 });
        for (const problem of parsed.problems) {
          expect(problem.range.start).toBeGreaterThanOrEqual(7);
          expect(problem.range.end).toBeLessThanOrEqual(7 + text.length);
          expect(problem.range.start).toBeLessThanOrEqual(problem.range.end);
        }
        if (!parsed.reference || parsed.reference.kind === 'url') return;
        const again = parseReference(formatReference(parsed.reference)).reference;
        expect(again && fullName(again)).toBe(fullName(parsed.reference));
      }),
      { numRuns: 2000 },
    );
  });
});

describeCorpus('references of public recipes', 'recipes/real', (folder) => {
  test('all but the broken ones are read', () => {
    const broken: string[] = [];
    let count = 0;
    for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!fs.statSync(path.join(folder, file)).isFile()) continue;
      const text = fs.readFileSync(path.join(folder, file), 'utf8');
      const agent = /^Bootstrap:\s*(docker|library|oras)\s*$/im.exec(text)?.[1]?.toLowerCase();
      const from = /^From:\s*(\S+)/im.exec(text)?.[1];
      if (agent === undefined || from === undefined) continue;
      count++;
      if (stops(from, { agent })) broken.push(from);
    }
    expect(count).toBeGreaterThan(50);
    expect(broken).toEqual([]);
  });
});
