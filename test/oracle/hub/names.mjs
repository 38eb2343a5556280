// References before the two readers of the engines: the lists of their own tests, and mutations of them.
import { spawnSync } from 'node:child_process';

const hex = 'f'.repeat(64);
const digest = `sha256:${hex}`;

/** What the readers' own tests call good or bad (distribution/reference, containers/image, go-containerregistry `pkg/name`, Apptainer `client/oras`). */
const listed = [
  ...['test_com', 'test.com:tag', 'test.com:5000', 'test.com/repo:tag', 'test:5000/repo', 'test:5000/repo:tag', `test:5000/repo@${digest}`],
  ...[`test:5000/repo:tag@${digest}`, '', ':justtag', `@${digest}`, 'repo@sha256:ffffffffffffffffffffffffffffffffff', 'Uppercase:tag'],
  ...[`validname@invaliddigest:${hex}`, `validname@sha512:${hex}${hex}`, 'Uppercase/lowercase:tag', 'test:5000/Uppercase/lowercase:tag'],
  ...[
    'lowercase:Uppercase',
    `domain/${'a'.repeat(256)}:tag`,
    `${'a/'.repeat(127)}a:tag-puts-this-over-max`,
    'aa/asdf$$^/aa',
    `${'a/'.repeat(128)}a:tag`,
  ],
  ...['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com/bar/baz/quux:some-long-tag', 'b.gcr.io/test.example.com/my-app:test.example.com'],
  ...[
    'xn--n3h.com/myimage:xn--n3h.com',
    `xn--7o8h.com/myimage:xn--7o8h.com@${digest}`,
    'foo_bar.com:8080',
    'foo/foo_bar.com:8080',
    '☃.com/x',
    'bücher.example/x',
  ],
  ...[
    '192.168.1.1',
    '192.168.1.1:tag',
    '192.168.1.1:5000',
    '192.168.1.1/repo',
    '192.168.1.1:5000/repo',
    '192.168.1.1:5000/repo:5050',
    '[2001:db8::1]',
  ],
  ...[
    '[2001:db8::1]:5000',
    '[2001:db8::1]:tag',
    '[2001:db8::1]/repo',
    '[2001:db8:1:2:3:4:5:6]/repo:tag',
    '[2001:db8::1]:5000/repo',
    '[2001:db8::1]:5000/repo:tag',
  ],
  ...[
    `[2001:db8::1]:5000/repo@${digest}`,
    '[2001:db8::]:5000/repo',
    '[::1]:5000/repo',
    '[fe80::1%eth0]:5000/repo',
    '[fe80::1%@invalidzone]:5000/repo',
  ],
  ...[
    `example.com/${'a'.repeat(255)}:tag`,
    `example.com/${'a'.repeat(243)}:tag`,
    `example.com/${'a'.repeat(244)}:tag`,
    'a'.repeat(237),
    'a'.repeat(238),
  ],
  ...[
    'docker/docker',
    'library/debian',
    'debian',
    'docker.io/docker/docker',
    'docker.io/debian',
    'index.docker.io/docker/docker',
    'index.docker.io/debian',
    '127.0.0.1:5000/docker/docker',
  ],
  ...[
    'thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev',
    'docker.io/1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a',
    'https://github.com/docker/docker',
  ],
  ...[
    'docker/Docker',
    '-docker',
    '-docker/docker',
    '-docker.io/docker/docker',
    'docker///docker',
    'docker.io/docker/Docker',
    'docker.io/docker///docker',
    '1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a',
  ],
  ...[
    'LOCALDOMAIN/fooo/bar',
    'Foo/bar',
    'FOO/bar',
    'FOO.com/bar',
    'localhost/fooo/bar',
    'localhost:5000/x',
    'busybox:latest@sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa',
    hex,
    `sha256:${hex}`,
  ],
  ...[
    'gcr.io/g-convoy/hello-world',
    'gcr.io/google.com/project-id/hello-world',
    'us.gcr.io/project-id/sub-repo',
    'mirror.gcr.io/ubuntu',
    'example.com/a',
    'a',
    '0',
    'white space',
    'b@char/image',
  ],
  ...[
    'gcr?com/x',
    'gcr.io/project-id/image:w1th-alpha_num3ric.PLUScaps',
    'domain.with.port:9001/image:latest',
    'www.example.test:12345/repo/path',
    "gcr.io/project-id/bad_chars:c@n'tuse",
  ],
  ...[
    'gcr.io/project-id/wrong-length:white space',
    `gcr.io/project-id/too-many-chars:${'thisisthetag'.repeat(11)}`,
    `ubuntu:${'a'.repeat(128)}`,
    `ubuntu:${'a'.repeat(129)}`,
    'library/ubuntu:',
  ],
  ...[
    'gcr.io/project-id/unknown-alg@unknown:abc123',
    'gcr.io/project-id/wrong-length@sha256:d34db33fd34db33f',
    'gcr.io/project-id/missing-digest@',
    `repo@sha256:${':'.repeat(64)}`,
    `repo@sha256:${'sh'.repeat(32)}`,
  ],
  ...[
    `repo@sha256:${digest}@${digest}`,
    `library/nginx:@${digest}`,
    `nginx:latest@${digest}`,
    'alpine:latest',
    'user/collection/container:2.0.0',
    'registry.local/collection/container/image:tag1',
    'host:99999/x',
    'host:0/x',
    'host:/x',
  ],
  ...[
    'a..b/c',
    'a__b',
    'a___b',
    'a--b',
    'a-_b',
    'a.-b',
    '.a',
    'a.',
    'a/./b',
    'a/../b',
    'h.io/.',
    'x:.a',
    'x:-a',
    'x:_a',
    'x:a:b',
    '1.2.3.4.5/x',
    '-h.io/x',
    'h-.io/x',
    'h..io/x',
    'h_h.io/x',
    'h.io./x',
    'user@h.io/x',
    'h.io:port/x',
  ],
];

/** Compares what our parser makes of `docker://` and `oras://` with what the readers make of the same text. `same` counts. */
export function judgeNames({ program, parseReference, formatReference, same }) {
  const texts = [...listed, ...mutations(listed, 12_000)];
  const { stdout, status } = spawnSync(program, ['names'], { input: JSON.stringify(texts), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error('the judge of names failed');
  const answers = JSON.parse(stdout);
  texts.forEach((text, at) => {
    if (isDecided(text)) return;
    const image = asOurs(answers[at].image);
    const registry = asOurs(answers[at].registry);
    // Apptainer needs both for docker. Where they see different registries (`h_h.io/x`: a path for one of them), it finds none.
    const docker = image && registry && image.registry === registry.registry ? { ...registry } : undefined;
    // With a digest the tag plays no part for go-containerregistry.
    if (docker && image.digest !== undefined && image.tag !== undefined) docker.tag = image.tag;
    same(`docker://${text}`, ours(parseReference(`docker://${text}`)), docker);
    const parsed = parseReference(`oras://${text}`);
    if (parsed.reference !== undefined)
      same(`oras://${text}, printed`, parseReference(formatReference(parsed.reference)).reference, parsed.reference);
    const oras = ours(parsed);
    if (oras?.digest !== undefined) delete oras.tag;
    // go-containerregistry leaves it to the registry what a component may look like; containers/image and every registry know.
    if (oras !== undefined || image !== undefined) same(`oras://${text}`, oras, registry);
  });
}

/** Differences that are decided. */
function isDecided(text) {
  return (
    // The address of a web page: the readers take it for a registry, we say which reference is meant.
    /^(?:www\.)?(?:hub\.docker\.com|quay\.io\/repository|github\.com|catalog\.ngc\.nvidia\.com|cloud\.sylabs\.io)\//.test(text) ||
    // White space around a reference is not part of it.
    text !== text.trim() ||
    // The readers take any number for a port; nothing can connect to it.
    Number(/^[^/]*:(\d+)\//.exec(text)?.[1] ?? 0) > 65_535 ||
    // go-containerregistry takes SHA-512 since 0.22; Apptainer 1.5 is built with 0.21, and no registry names manifests so.
    text.includes('@sha512:')
  );
}

function ours({ reference }) {
  if (reference === undefined) return undefined;
  const { registry, repository, tag, digest } = reference;
  const written = {
    registry,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest && { digest: `${digest.algorithm}:${digest.hex}` }),
  };
  return digest || tag !== undefined ? written : { ...written, tag: 'latest' };
}

function asOurs({ error, registry, ...rest }) {
  if (error !== undefined) return undefined;
  return { registry: ['index.docker.io', 'registry-1.docker.io'].includes(registry) ? 'docker.io' : registry, ...rest };
}

/** Texts with one or two characters changed, the same in every run. */
function* mutations(seeds, count) {
  let state = 20_260_801;
  const random = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const letters = ['a', 'Z', '0', '/', ':', '@', '.', '-', '_', '[', ']', '%', '~', ',', '+', ' ', 'ü'];
  for (let made = 0; made < count; made++) {
    let text = seeds[random(seeds.length)];
    if (text.length > 200) text = text.slice(0, 60);
    for (let edits = 1 + random(2); edits > 0; edits--) {
      const at = random(text.length + 1);
      const kind = random(3);
      text = text.slice(0, at) + (kind === 0 ? '' : letters[random(letters.length)]) + text.slice(kind === 1 ? at : at + 1);
    }
    yield text;
  }
}
