import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { entryName } from '../../../server/src/cache/names';
import type { EngineVersion, EntryIdentity } from '../../../server/src/cache/names';
import { parseReference } from '../../../server/src/image/reference';

const a = 'a'.repeat(64);
const b = 'b'.repeat(64);
const digest = { algorithm: 'sha256', hex: a };
const platformDigest = { algorithm: 'sha256', hex: b };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const platformOf = (architecture: string, variant?: string) => ({ os: 'linux', architecture, ...(variant !== undefined && { variant }) });
const oci = (architecture: string, variant?: string): EntryIdentity => ({
  kind: 'oci',
  digest,
  platformDigest,
  platform: platformOf(architecture, variant),
});
/** As a reference with this path is read: what it says of the platform. */
const path = (name: string, architecture: string, variant?: string): EntryIdentity => {
  const { reference } = parseReference(`docker://${name}`);
  const pathPlatform = reference?.kind === 'registry' ? reference.platform : undefined;
  return { kind: 'oci', digest, platformDigest, platform: platformOf(architecture, variant), ...(pathPlatform && { pathPlatform }) };
};
const apptainer = (version?: string): EngineVersion => ({ engine: 'apptainer', ...(version !== undefined && { version }) });
const singularity = (version?: string): EngineVersion => ({ engine: 'singularity', ...(version !== undefined && { version }) });

// Computed by hand from the engines' sources: client/{library,oras,shub,net,oci}, build/oci/oci.go.
const cases: [string, EntryIdentity, EngineVersion, string | undefined][] = [
  ['library', { kind: 'library', hash: `sha256.${a}` }, apptainer(), `library/sha256.${a}`],
  ['library hash that is no sha256', { kind: 'library', hash: 'sif.9a8b7c6d-0000-0000-0000-000000000000' }, apptainer(), undefined],
  ['oras', { kind: 'oras', digest }, apptainer(), `oras/sha256:${a}`],
  [
    'shub',
    { kind: 'shub', commit: 'e279432e6d3962777bb7b5e8d54f30f4347d867e' },
    apptainer(),
    'shub/e279432e6d3962777bb7b5e8d54f30f4347d867e',
  ],
  ['shub without commit would name the folder', { kind: 'shub', commit: '' }, apptainer(), undefined],
  ['shub with a path for a commit', { kind: 'shub', commit: '../x' }, apptainer(), undefined],
  [
    'net: URL and Last-Modified as they came',
    { kind: 'net', url: 'https://h.example/t.sif', lastModified: 'Wed, 21 Oct 2015 07:28:00 GMT' },
    apptainer(),
    `net/${sha256('https://h.example/t.sifWed, 21 Oct 2015 07:28:00 GMT')}`,
  ],
  ['net without Last-Modified never hits', { kind: 'net', url: 'https://h.example/t.sif' }, apptainer(), undefined],
  ['net with an empty Last-Modified', { kind: 'net', url: 'https://h.example/t.sif', lastModified: '' }, apptainer(), undefined],
  ['ipfs, Apptainer 1.5', { kind: 'ipfs', digest }, apptainer('1.5.0'), `ipfs/${a}`],
  ['ipfs, current Apptainer', { kind: 'ipfs', digest }, apptainer(), `ipfs/${a}`],
  ['ipfs, Apptainer 1.4 does not know it', { kind: 'ipfs', digest }, apptainer('1.4.5'), undefined],
  ['ipfs, SingularityCE does not know it', { kind: 'ipfs', digest }, singularity(), undefined],
  ['OCI-SIF, SingularityCE 4.0', { kind: 'oci-sif', platformDigest }, singularity('4.0.0'), `oci-sif/sha256:${b}`],
  ['OCI-SIF with layers', { kind: 'oci-sif', platformDigest, keepLayers: true }, singularity('4.1.0'), `oci-sif/sha256:${b}.ml`],
  ['OCI-SIF with layers, 4.0 cannot', { kind: 'oci-sif', platformDigest, keepLayers: true }, singularity('4.0.3'), undefined],
  ['OCI-SIF, SingularityCE 3.11 does not know it', { kind: 'oci-sif', platformDigest }, singularity('3.11.5'), undefined],
  ['OCI-SIF, Apptainer does not know it', { kind: 'oci-sif', platformDigest }, apptainer(), undefined],
  ['oras by sha512 is none', { kind: 'oras', digest: { algorithm: 'sha512', hex: a + a } }, apptainer(), undefined],
  ['library, SingularityCE 3.6', { kind: 'library', hash: `sha256.${a}` }, singularity('3.6.0'), `library/sha256.${a}`],
  ['oras, SingularityCE 4', { kind: 'oras', digest }, singularity('4.2.0'), `oras/sha256:${a}`],
  ['docker, Apptainer 1.0', oci('amd64'), apptainer('1.0.3'), `oci-tmp/${a}`],
  ['docker, Apptainer 1.2, spelt x86_64', oci('x86_64'), apptainer('v1.2.5'), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['docker on amd64 has no variant', oci('amd64', 'v2'), apptainer('1.3.4'), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['docker on arm without variant is v7', oci('arm'), apptainer('1.3.4'), `oci-tmp/${sha256(`${a}armv7`)}`],
  ['docker on arm 6', oci('arm', '6'), apptainer('1.3.4'), `oci-tmp/${sha256(`${a}armv6`)}`],
  ['docker on aarch64', oci('aarch64'), apptainer('1.3.4'), `oci-tmp/${sha256(`${a}arm64`)}`],
  ['docker on ppc64le', oci('ppc64le'), apptainer(), `oci-tmp/${sha256(`${a}ppc64le`)}`],
  // printf '%s' "$(printf 'a%.0s' {1..64})amd64" | sha256sum
  ['docker, as a shell computes it', oci('amd64'), apptainer(), 'oci-tmp/004be369f3e699b95892cf96c98371080ce9a86126d0daa05ca9dba9e099b5e1'],
  ['docker, SingularityCE 3.6', oci('arm64'), singularity('3.6.0'), `oci-tmp/${a}`],
  ['docker, SingularityCE 4.3 on arm64', oci('arm64', 'v8'), singularity('4.3.1'), `oci-tmp/sha256:${b}`],
  ['docker, current Apptainer', oci('amd64'), apptainer(), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['docker, Apptainer 1.2', oci('amd64'), apptainer('1.2.0'), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['docker on arm has a variant', oci('arm', 'v7'), apptainer('1.3.4'), `oci-tmp/${sha256(`${a}armv7`)}`],
  ['docker on arm64 has none', oci('arm64', 'v8'), apptainer('1.3.4'), `oci-tmp/${sha256(`${a}arm64`)}`],
  // build/oci/oci.go getArchFromURI and ImageDigest: the words of its table, where they are of another architecture than the one asked for.
  // printf '%s' "$(printf 'a%.0s' {1..64})arm64v8" | sha256sum
  [
    'arm64v8/… on amd64',
    path('arm64v8/alpine', 'amd64'),
    apptainer(),
    `oci-tmp/59db918cad223da75f474dd984db201951ecd2eafd6f9793aaccd34c03e813d4`,
  ],
  ['arm64v8/… on arm64', path('arm64v8/alpine', 'arm64'), apptainer(), `oci-tmp/${sha256(`${a}arm64`)}`],
  ['arm64v8/… where aarch64 is asked for', path('arm64v8/alpine', 'aarch64', 'v8'), apptainer(), `oci-tmp/${sha256(`${a}arm64`)}`],
  ['arm64/… has no variant', path('arm64/alpine', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}arm64`)}`],
  ['arm32v6/… on amd64', path('arm32v6/alpine', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}armv6`)}`],
  ['arm32v6/… on arm 7 stays 7', path('arm32v6/alpine', 'arm', 'v7'), apptainer(), `oci-tmp/${sha256(`${a}armv7`)}`],
  ['arm/… on amd64 has no variant', path('arm/alpine', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}arm`)}`],
  ['docker.io/amd64/… on arm64', path('docker.io/amd64/alpine:3', 'arm64'), apptainer(), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['a host without a dot hides the word', path('localhost:5000/s390x/alpine', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['a host with a dot does not', path('127.0.0.1:5000/s390x/alpine', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}s390x`)}`],
  ['i386/… is not in the table', path('i386/alpine', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['a name of one word with a tag is no path', path('arm64:latest', 'amd64'), apptainer(), `oci-tmp/${sha256(`${a}amd64`)}`],
  ['arm64v8/…, Apptainer 1.1', path('arm64v8/alpine', 'amd64'), apptainer('1.1.9'), `oci-tmp/${a}`],
  ['arm64v8/…, SingularityCE', path('arm64v8/alpine', 'amd64'), singularity(), `oci-tmp/sha256:${b}`],
  ['docker on amd64 has a variant from Apptainer 1.6 on', oci('amd64', 'v2'), apptainer('1.6.0'), `oci-tmp/${sha256(`${a}amd64v2`)}`],
  ['docker on arm64 as well', oci('aarch64', 'V8'), apptainer('1.6.0'), `oci-tmp/${sha256(`${a}arm64v8`)}`],
  ['docker, Apptainer 1.1', oci('amd64'), apptainer('1.1.9'), `oci-tmp/${a}`],
  ['docker, SingularityCE 3.11', oci('amd64'), singularity('3.11.5'), `oci-tmp/${a}`],
  ['docker, SingularityCE 4', oci('amd64'), singularity('4.0.0'), `oci-tmp/sha256:${b}`],
  ['docker, current SingularityCE', oci('amd64'), singularity(), `oci-tmp/sha256:${b}`],
];

describe('the name under which the engine looks', () => {
  test.each(cases)('%s', (_, identity, engine, expected) => {
    const name = entryName(identity, engine);
    expect(name && `${name.kind}/${name.name}`).toBe(expected);
  });
});
