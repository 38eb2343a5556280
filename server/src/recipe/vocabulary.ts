// The words of the language: sections, header keys and bootstrap agents, with the engines that know them.
// Apptainer and SingularityCE: pkg/build/types/parser/deffile.go (validSections, appSections, validHeaders),
// internal/pkg/build/conveyorPacker.go and internal/pkg/build/sources/ for the agents.

export type Engine = 'apptainer' | 'singularity';

/** Sections of a stage, in the order in which a build works through them. */
export const sectionKeywords = [
  'arguments',
  'pre',
  'setup',
  'files',
  'post',
  'test',
  'environment',
  'startscript',
  'runscript',
  'labels',
  'help',
] as const;
export type SectionKeyword = (typeof sectionKeywords)[number];

/** Sections of an app; they need lower case and the app's name. */
export const appSectionKeywords = ['appinstall', 'appfiles', 'appenv', 'apprun', 'appstart', 'apptest', 'applabels', 'apphelp'] as const;
export type AppSectionKeyword = (typeof appSectionKeywords)[number];

export function isSectionKeyword(name: string): name is SectionKeyword {
  return sectionSet.has(name);
}

export function isAppSectionKeyword(name: string): name is AppSectionKeyword {
  return appSectionSet.has(name);
}

const sectionSet: ReadonlySet<string> = new Set(sectionKeywords);
const appSectionSet: ReadonlySet<string> = new Set(appSectionKeywords);

export interface HeaderKey {
  /** As people write it: `MirrorURL`. */
  readonly name: string;
  /** Only this engine knows the key; absent: both do. */
  readonly engine?: Engine;
  /** A number follows: `OtherURL1`. */
  readonly numbered?: boolean;
}

/** Header keys by their name in lower case. */
export const headerKeys: ReadonlyMap<string, HeaderKey> = new Map(
  (
    [
      { name: 'Bootstrap' },
      { name: 'From' },
      { name: 'Stage' },
      { name: 'Fingerprints' },
      { name: 'Registry' },
      { name: 'Namespace' },
      { name: 'Library' },
      { name: 'MirrorURL' },
      { name: 'UpdateURL' },
      { name: 'OSVersion' },
      { name: 'Include' },
      { name: 'Setopt' },
      { name: 'Product' },
      { name: 'User' },
      { name: 'RegCode' },
      { name: 'ProductPGP' },
      { name: 'RegisterURL' },
      { name: 'Modules' },
      { name: 'OtherURL', numbered: true },
      { name: 'IncludeCmd' },
      { name: 'ConfURL', engine: 'apptainer' },
      { name: 'Target', engine: 'apptainer' },
      { name: 'Frontend', engine: 'apptainer' },
      { name: 'Filename', engine: 'apptainer' },
      { name: 'BuildArgs', engine: 'apptainer' },
    ] satisfies HeaderKey[]
  ).map((key) => [key.name.toLowerCase(), key]),
);

/**
 * The header key that `name` (in lower case) stands for, as both parsers look it up: digits at the end stand for a numbered key,
 * and only with digits (or literally as `otherurl&n`) is `OtherURL` one. Undefined when no engine knows it.
 */
export function headerKeyOf(name: string): HeaderKey | undefined {
  const stem = name.endsWith('&n') ? name.slice(0, -2) : withoutNumber(name);
  const key = headerKeys.get(stem);
  if (key === undefined) return undefined;
  return (key.numbered === true) === (stem !== name) ? key : undefined;
}

function withoutNumber(name: string): string {
  let end = name.length;
  while (end > 0 && isDigit(name.charCodeAt(end - 1))) end--;
  return name.slice(0, end);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export interface Agent {
  /** The value of `Bootstrap:`; upper and lower case matter. */
  readonly name: string;
  /** Header keys (in lower case) without which the build stops. */
  readonly required: readonly string[];
  /** Other header keys (in lower case) that the agent reads. */
  readonly optional: readonly string[];
  /** Only this engine has the agent; absent: both do. */
  readonly engine?: Engine;
  /** The first release with it, where that is recent enough to matter. */
  readonly since?: { readonly apptainer?: string; readonly singularity?: string };
  /** What `From:` names: an image at a hub, a path on this machine, or nothing. */
  readonly from: 'hub' | 'path' | 'none';
}

const zypperKeys = ['mirrorurl', 'updateurl', 'osversion', 'include', 'product', 'user', 'regcode', 'productpgp', 'registerurl', 'modules'];

/** Header keys that the agent reads besides those that it needs, as `engine` has it: SingularityCE's `arch` reads none. */
export function optionalKeys(agent: Agent, engine: Engine): readonly string[] {
  return agent.name === 'arch' && engine === 'singularity' ? [] : agent.optional;
}

/** Bootstrap agents by name. `Stage` goes with each of them. */
export const agents: ReadonlyMap<string, Agent> = new Map(
  (
    [
      { name: 'docker', required: ['from'], optional: ['registry', 'namespace'], from: 'hub' },
      { name: 'library', required: ['from'], optional: ['library', 'fingerprints'], from: 'hub' },
      { name: 'oras', required: ['from'], optional: ['fingerprints'], from: 'hub' },
      { name: 'shub', required: ['from'], optional: ['fingerprints'], from: 'hub' },
      { name: 'localimage', required: ['from'], optional: ['fingerprints'], from: 'path' },
      { name: 'docker-daemon', required: ['from'], optional: [], from: 'none' },
      { name: 'docker-archive', required: ['from'], optional: [], from: 'path' },
      { name: 'oci', required: ['from'], optional: [], from: 'path' },
      { name: 'oci-archive', required: ['from'], optional: [], from: 'path' },
      { name: 'scratch', required: [], optional: [], from: 'none' },
      { name: 'yum', required: ['mirrorurl'], optional: ['osversion', 'updateurl', 'include', 'setopt'], from: 'none' },
      {
        name: 'dnf',
        required: ['mirrorurl'],
        optional: ['osversion', 'updateurl', 'include', 'setopt'],
        from: 'none',
        since: { apptainer: '1.4.0', singularity: '4.3.0' },
      },
      { name: 'debootstrap', required: ['mirrorurl', 'osversion'], optional: ['include'], from: 'none' },
      { name: 'arch', required: [], optional: ['confurl', 'include'], from: 'none' },
      { name: 'busybox', required: ['mirrorurl'], optional: [], from: 'none' },
      { name: 'zypper', required: [], optional: zypperKeys, from: 'none' },
      {
        name: 'buildkit',
        required: ['from'],
        optional: ['target', 'frontend', 'filename', 'buildargs'],
        engine: 'apptainer',
        since: { apptainer: '1.5.0' },
        from: 'path',
      },
      {
        name: 'dockerfile',
        required: ['from'],
        optional: ['target', 'frontend', 'filename', 'buildargs'],
        engine: 'apptainer',
        since: { apptainer: '1.5.0' },
        from: 'path',
      },
    ] satisfies Agent[]
  ).map((agent) => [agent.name, agent]),
);
