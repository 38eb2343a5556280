// The custom messages of the language server: names and types only, shared with the client. Everything else is plain LSP.
import type { VerificationReport } from './image/verdict';
import type { Engine, Target } from './protocolImages';

export type { ImageSummary, Platform } from './image/summary';
export type { Check, SignatureFinding, VerificationReport } from './image/verdict';
export type * from './protocolCaches';
export type * from './protocolImages';

/** Request: gather evidence about a target. Progress through `workDoneToken`; cancellable. */
export interface VerifyParams {
  readonly target: Target;
  /** Paths of key files that the user chose: OpenPGP, PEM, certificates. Trusted for this verification. */
  readonly keys?: readonly string[];
  /** Count signatures of Singularity 3.0–3.5. */
  readonly legacy?: boolean;
  readonly workDoneToken?: string | number;
}
export interface VerifyResult {
  readonly reports: readonly VerificationReport[];
}

/** Request: download a target, verify it, put it where it belongs. Progress through `workDoneToken`; cancellable. */
export interface PullParams {
  readonly target: Target;
  readonly destination:
    | { readonly kind: 'cache'; readonly engine?: Engine }
    | { readonly kind: 'folder'; readonly path: string }
    | { readonly kind: 'file'; readonly path: string };
  /** Replace an existing file or a differing cache entry: only after the user agreed. */
  readonly overwrite?: boolean;
  readonly workDoneToken?: string | number;
}
export interface PullResult {
  readonly items: readonly PulledItem[];
}
export interface PulledItem {
  readonly title: string;
  readonly report?: VerificationReport;
  /** Where the file stands now, when it was put in place. */
  readonly path?: string;
  /** `exists`: the target is there and differs; ask, then call again with `overwrite`. */
  readonly outcome: 'pulled' | 'already-there' | 'failed' | 'exists';
  readonly message: string;
}

/** Request after a pull was cancelled: delete what it kept for the next one. Named by the pull's own target and destination. */
export type DiscardParams = Pick<PullParams, 'target' | 'destination'>;
export interface DiscardResult {
  /** Partial files that are still there, each with the reason, for people. */
  readonly kept: readonly string[];
}

/** Request: write metalink text for targets (images, a recipe, a folder). */
export interface MetalinkCreateParams {
  readonly targets: readonly Target[];
  readonly workDoneToken?: string | number;
}
/** Request: Metalink 3 text to Metalink 4 text. */
export interface MetalinkConvertParams {
  readonly uri: string;
}
export interface MetalinkTextResult {
  readonly text: string;
  /** What was left out or needs a look, one line each. */
  readonly report: readonly string[];
}
/** Request: the sources of every file in order of their priority; the edits are applied by the server through workspace/applyEdit. */
export interface MetalinkSortParams {
  readonly uri: string;
}
export interface MetalinkSortResult {
  /** How many elements have another place now. */
  readonly moved: number;
}
/** Request: metalink documents that describe the same files, merged into the text of one (hashes and sizes that contradict each other are reported). */
export interface MetalinkMergeParams {
  readonly uris: readonly string[];
}
/** Request: fill in missing sizes and hashes of an open metalink; the edits are applied by the server through workspace/applyEdit. */
export interface MetalinkResolveParams {
  readonly uri: string;
  readonly file?: string;
  /** The user agreed to download what cannot be had otherwise. */
  readonly download?: boolean;
  readonly workDoneToken?: string | number;
}
export interface MetalinkResolveResult {
  readonly applied: number;
  readonly report: readonly string[];
  /** Files whose values can only be had by a download. */
  readonly needDownload: readonly string[];
}
/** Request: probe each URL of a metalink; findings appear at the URLs as diagnostics. */
export interface CheckMirrorsParams {
  readonly uri: string;
  readonly file?: string;
  readonly workDoneToken?: string | number;
}
export interface CheckMirrorsResult {
  readonly mirrors: readonly { readonly url: string; readonly ok: boolean; readonly message: string; readonly milliseconds?: number }[];
}

/** Request: write digests behind the tags of a recipe's images (`pin`), take them away (`unpin`), renew them (`update`). Answer: edits applied. */
export interface PinParams {
  /** A recipe, or a folder: then every recipe below it. */
  readonly uri: string;
  readonly action: 'pin' | 'unpin' | 'update';
  /** Only the reference at this place (LSP position). */
  readonly position?: { readonly line: number; readonly character: number };
}
export interface PinResult {
  readonly changed: number;
  readonly report: readonly string[];
}

/** Request: what has to be known before a recipe is built. */
export interface BuildInfoParams {
  readonly uri: string;
}
export interface BuildInfoResult {
  /** `{{ name }}` of the recipe, without `default` when no `%arguments` gives one: a build stops unless it is passed. */
  readonly buildArguments: readonly { readonly name: string; readonly default?: string }[];
  /** Sections that `--section` can choose, without `%`. */
  readonly sections: readonly string[];
  /** How many findings of severity error the recipe has. */
  readonly errors: number;
}
/** Request: what a container engine printed during a build, as places in the recipe. */
export interface BuildProblemsParams {
  readonly uri: string;
  /** Standard error of the engine; colour codes are fine. */
  readonly output: string;
}
export interface BuildProblemsResult {
  readonly problems: readonly {
    readonly range: {
      readonly start: { readonly line: number; readonly character: number };
      readonly end: { readonly line: number; readonly character: number };
    };
    readonly message: string;
  }[];
}

/** Request to the server after the user pinned or removed keys, or signed in: settings and secrets are read again. */
export interface RefreshParams {
  /** `answers`: what hubs said is asked anew; `caches`: the disk cache of answers is emptied. */
  readonly what: 'answers' | 'caches' | 'credentials';
}

/** Request after a sign-in: whether the host takes it. Nothing but the host's own sign-in is asked. */
export interface CheckSignInParams {
  readonly host: string;
}
export interface CheckSignInResult {
  /** `unknown`: the host could not be asked, or is no registry; the sign-in may be good. */
  readonly state: 'accepted' | 'refused' | 'unknown';
  /** The cause, for people. */
  readonly message?: string;
}

/** Server → client request: the secret that the user stored for a host by "Sign in". */
export interface SecretParams {
  readonly host: string;
}
export type SecretResult = { readonly username?: string; readonly password?: string; readonly token?: string } | null;

/** Server → client notification: the state behind the one status item. */
export interface StatusParams {
  readonly state: 'idle' | 'busy' | 'offline' | 'rate-limited' | 'sign-in';
  /** For people: `asking ghcr.io`, `rate-limited until 14:05`. */
  readonly text: string;
  /** The host that asks for a sign-in. */
  readonly host?: string;
  /** Path and version of the container engine, when one was found. */
  readonly engine?: string;
}

/** What the client passes as `initializationOptions`. Settings themselves go by workspace/configuration. */
export interface InitializationOptions {
  /** The workspace is trusted: network and engines may be used. */
  readonly trusted: boolean;
  /** Folder for the disk cache of answers and the cache index. */
  readonly storagePath?: string;
  /** The client runs commands that Markdown links name (`command:…`). */
  readonly commandLinks?: boolean;
  /** The client answers `SecretParams`. */
  readonly secrets?: boolean;
}
/** Client → server notification: the user trusted the workspace. */
export interface TrustParams {
  readonly trusted: boolean;
}

/** Method names, one for each pair of types above. */
export const methods = {
  inspect: 'containerMetalink/inspect',
  verify: 'containerMetalink/verify',
  pull: 'containerMetalink/pull',
  discard: 'containerMetalink/pull/discard',
  cacheList: 'containerMetalink/cache/list',
  cacheDetails: 'containerMetalink/cache/details',
  cacheVerify: 'containerMetalink/cache/verify',
  cacheClean: 'containerMetalink/cache/clean',
  metalinkCreate: 'containerMetalink/metalink/create',
  metalinkConvert: 'containerMetalink/metalink/convert',
  metalinkSort: 'containerMetalink/metalink/sort',
  metalinkMerge: 'containerMetalink/metalink/merge',
  metalinkResolve: 'containerMetalink/metalink/resolve',
  checkMirrors: 'containerMetalink/metalink/checkMirrors',
  pin: 'containerMetalink/pin',
  buildInfo: 'containerMetalink/build/info',
  buildProblems: 'containerMetalink/build/problems',
  refresh: 'containerMetalink/refresh',
  checkSignIn: 'containerMetalink/checkSignIn',
  secret: 'containerMetalink/secret',
  status: 'containerMetalink/status',
  trust: 'containerMetalink/trust',
} as const;

/** Commands that code lenses and hovers of the server name; the client registers them. Argument: one `Target`, or what the comment says. */
export const clientCommands = {
  verify: 'containerMetalink.verify',
  pullIntoCache: 'containerMetalink.pullIntoCache',
  pullToFolder: 'containerMetalink.pullToFolder',
  showManifest: 'containerMetalink.showManifest',
  /** { uri, file? } */
  resolveHashes: 'containerMetalink.resolveHashes',
  /** { uri, file? } */
  checkMirrors: 'containerMetalink.checkMirrors',
  /** { uri } */
  convertMetalink: 'containerMetalink.convertMetalink',
  /** PinParams */
  pin: 'containerMetalink.pin',
  /** { uri } */
  build: 'containerMetalink.build',
  /** { host } */
  signIn: 'containerMetalink.signIn',
  refresh: 'containerMetalink.refresh',
} as const;
