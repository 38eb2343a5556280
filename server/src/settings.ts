// Every setting once: default, type, what it means, what it costs. package.json's `contributes.configuration` is written from this
// table (scripts/manifest.mjs), docs/settings.md too; the server and the command line read their defaults from it.

interface SettingBase {
  /** Group in the settings editor. */
  readonly group: 'Recipes' | 'Metalinks' | 'Hubs and network' | 'Download' | 'Verification' | 'Caches' | 'Engine' | 'Editor';
  /** One or two sentences: what it does, its default, what it costs. Markdown. */
  readonly description: string;
  readonly scope?: 'window' | 'resource' | 'machine' | 'machine-overridable' | 'application';
  /** Not taken from an untrusted workspace. */
  readonly restricted?: boolean;
  readonly online?: boolean;
}
export type Setting =
  | (SettingBase & { readonly type: 'boolean'; readonly default: boolean })
  | (SettingBase & { readonly type: 'string'; readonly default: string; readonly values?: readonly string[] })
  | (SettingBase & { readonly type: 'number'; readonly default: number; readonly minimum?: number; readonly maximum?: number })
  | (SettingBase & { readonly type: 'strings'; readonly default: readonly string[] })
  | (SettingBase & { readonly type: 'object'; readonly default: object; readonly schema?: object })
  | (SettingBase & { readonly type: 'objects'; readonly default: readonly object[]; readonly schema: object });

/** Settings by name without the prefix `containerMetalink.`. */
export const settings = {
  'engine.kind': {
    group: 'Engine',
    type: 'string',
    values: ['apptainer', 'singularity'],
    default: 'apptainer',
    description:
      'Whose rules hold where Apptainer and SingularityCE differ, which of the two is looked for first on this machine, and whose cache a pull goes to.',
    scope: 'resource',
  },
  'engine.path': {
    group: 'Engine',
    type: 'string',
    default: '',
    description:
      'Program for build and run: a path (`~` is your home folder) or a name on `PATH`. Empty: `apptainer` or `singularity` on `PATH`, else an environment module of that name in `MODULEPATH`, which is loaded first.',
    scope: 'machine-overridable',
    restricted: true,
  },
  rules: {
    group: 'Recipes',
    type: 'object',
    default: {},
    description:
      'Severity by rule for recipes and metalinks, for example `{ "lint/missing-digest": "off", "M4-046": "error" }`. A trailing `*` matches many. Values: `off`, `hint`, `information`, `warning`, `error`.',
    scope: 'resource',
    schema: { type: 'object', additionalProperties: { enum: ['off', 'hint', 'information', 'warning', 'error'] } },
  },
  'labels.schemas': {
    group: 'Recipes',
    type: 'strings',
    default: [],
    description:
      'JSON Schema files for `%labels` (paths relative to the workspace). Their `required` labels are asked for, their descriptions are shown in completion and hover.',
    scope: 'resource',
    restricted: true,
  },
  'labels.required': {
    group: 'Recipes',
    type: 'strings',
    default: [],
    description: 'Labels that every recipe must set, for example `org.opencontainers.image.source`.',
    scope: 'resource',
  },
  'shellcheck.enabled': {
    group: 'Recipes',
    type: 'boolean',
    default: true,
    description:
      'Check `%post` and other scripts with ShellCheck when it is installed. It runs beside the other checks, after you stop typing; without it, nothing is missed but its findings.',
    scope: 'resource',
  },
  'shellcheck.path': {
    group: 'Recipes',
    type: 'string',
    default: 'shellcheck',
    description: 'ShellCheck program: a path or a name on `PATH`.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'metalink.mirrors': {
    group: 'Metalinks',
    type: 'objects',
    default: [],
    description:
      'Site mirrors as URL templates, tried before or after the declared ones by priority (1 is best). `{name}` is the file name, `{digest}` the sha-256, `{host}` and `{path}` those of the first URL. Also used when a metalink is created.',
    scope: 'machine-overridable',
    restricted: true,
    schema: {
      type: 'object',
      required: ['url'],
      additionalProperties: false,
      properties: { url: { type: 'string' }, priority: { type: 'integer', minimum: 1, maximum: 999999 }, location: { type: 'string' } },
    },
  },
  'metalink.publisher': {
    group: 'Metalinks',
    type: 'object',
    default: {},
    description: 'Publisher written into metalinks that are created: `{ "name": …, "url": … }`.',
    scope: 'resource',
    schema: { type: 'object', properties: { name: { type: 'string' }, url: { type: 'string' } } },
  },
  'online.enabled': {
    group: 'Hubs and network',
    type: 'boolean',
    default: true,
    description:
      'Ask hubs for hover, completion and online findings. Off: only what was seen before. Commands that you start still use the network.',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'online.findings': {
    group: 'Hubs and network',
    type: 'boolean',
    default: false,
    description:
      'Look up the references of open files and report missing images, changed digests, missing platforms and newer tags. Costs a few small requests a reference.',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'online.hosts': {
    group: 'Hubs and network',
    type: 'strings',
    default: [
      'docker.io',
      'hub.docker.com',
      'ghcr.io',
      'quay.io',
      'registry.gitlab.com',
      'gitlab.com',
      'nvcr.io',
      'public.ecr.aws',
      'mcr.microsoft.com',
      'library.sylabs.io',
      'cloud.sylabs.io',
      'singularity-hub.org',
      'datasets.datalad.org',
      'raw.githubusercontent.com',
      'localhost',
      '127.0.0.1',
    ],
    description: 'Hosts that may be contacted without a command of yours, because an open file names them. `*` allows every host.',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'online.insecureHosts': {
    group: 'Hubs and network',
    type: 'strings',
    default: [],
    description: 'Registries that speak plain HTTP. Loopback and private addresses always may.',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'online.platform': {
    group: 'Hubs and network',
    type: 'string',
    default: '',
    description: 'Platform whose image is looked at, such as `linux/arm64`. Empty: this machine.',
    scope: 'machine-overridable',
  },
  'online.cacheSize': {
    group: 'Hubs and network',
    type: 'number',
    default: 50,
    minimum: 0,
    maximum: 1000,
    description:
      'Megabytes for answers of hubs kept on disk, for use offline; 0 keeps none. "Clear Stored Answers of Hubs" empties the store.',
    scope: 'machine-overridable',
  },
  'library.url': {
    group: 'Hubs and network',
    type: 'string',
    default: '',
    description:
      'Library that `library://` references without a host mean. Empty: the active remote of the engine (Apptainer has none by default).',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'download.connections': {
    group: 'Download',
    type: 'number',
    default: 4,
    minimum: 1,
    maximum: 16,
    description:
      'Mirrors used at the same time for one file, one connection each. More of them load the servers more, and are rarely faster.',
    scope: 'machine-overridable',
  },
  'download.rateLimit': {
    group: 'Download',
    type: 'number',
    default: 0,
    minimum: 0,
    description: 'Limit in bytes a second for all pulls of this window together, such as `10000000` for 10 MB/s; 0 is none.',
    scope: 'machine-overridable',
  },
  'download.location': {
    group: 'Download',
    type: 'string',
    default: '',
    description: 'Your country (ISO 3166, two letters): mirrors there come first among those of equal priority.',
    scope: 'machine-overridable',
  },
  'download.allowedFolders': {
    group: 'Download',
    type: 'strings',
    default: [],
    description: 'Folders from which `file:` mirrors may be read. Empty: such mirrors are passed over.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'download.onCancel': {
    group: 'Download',
    type: 'string',
    values: ['keep', 'delete'],
    default: 'keep',
    description:
      'Whether a cancelled pull keeps what it has, so that the next one goes on from there, or deletes it. What is kept takes its place on the disk until then.',
    scope: 'machine-overridable',
  },
  'verify.trustedKeys': {
    group: 'Verification',
    type: 'strings',
    default: [],
    description: 'Full fingerprints of keys that you trust. "Trust this key" adds one.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'verify.requiredFingerprints': {
    group: 'Verification',
    type: 'strings',
    default: [],
    description: 'Fingerprints that must all have signed an image, as the `Fingerprints:` header demands.',
    scope: 'resource',
    restricted: true,
  },
  'verify.keyServers': {
    group: 'Verification',
    type: 'strings',
    default: ['https://keys.openpgp.org'],
    description: 'Key servers asked for keys that are in no key ring, when you verify.',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'verify.fetchKeys': {
    group: 'Verification',
    type: 'boolean',
    default: true,
    description: 'Ask the key servers during "Verify Container". A fetched key is never trusted by itself.',
    scope: 'machine-overridable',
    restricted: true,
    online: true,
  },
  'cache.apptainer': {
    group: 'Caches',
    type: 'string',
    default: '',
    description: 'Parent folder of the Apptainer cache, as `APPTAINER_CACHEDIR`. Empty: as the engine finds it.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'cache.singularity': {
    group: 'Caches',
    type: 'string',
    default: '',
    description: 'Parent folder of the SingularityCE cache, as `SINGULARITY_CACHEDIR`. Empty: as the engine finds it.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'cache.shared': {
    group: 'Caches',
    type: 'strings',
    default: [],
    description: 'Site-wide caches that are listed and read, never written: an image that one holds is not fetched again.',
    scope: 'machine-overridable',
    restricted: true,
  },
  'codeLens.enabled': {
    group: 'Editor',
    type: 'boolean',
    default: true,
    description:
      'Show "Verify", "Pull into cache" and their like above images and files. Off: the same is in the context menu and the palette.',
    scope: 'resource',
  },
  'inlayHints.enabled': {
    group: 'Editor',
    type: 'boolean',
    default: false,
    description: 'Show values after templating in recipes and sizes in human units in metalinks.',
    scope: 'resource',
  },
} as const satisfies Readonly<Record<string, Setting>>;

type Widen<S extends Setting> = S extends { type: 'boolean' }
  ? boolean
  : S extends { type: 'number' }
    ? number
    : S extends { type: 'string'; values: readonly (infer V)[] }
      ? V
      : S extends { type: 'string' }
        ? string
        : S extends { type: 'strings' }
          ? readonly string[]
          : S extends { type: 'objects' }
            ? readonly Record<string, unknown>[]
            : Record<string, unknown>;

/** The values of all settings. */
export type Settings = { readonly [K in keyof typeof settings]: Widen<(typeof settings)[K]> };

/** The values when nothing is configured. */
export const defaultSettings: Settings = Object.fromEntries(
  Object.entries(settings).map(([name, s]) => [name, s.default]),
) as unknown as Settings;
