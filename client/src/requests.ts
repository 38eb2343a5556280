import type * as protocol from '../../server/src/protocol';

/** What each custom request of server/src/protocol.ts takes and answers, by its name in `methods`. */
export interface Requests {
  readonly inspect: Request<protocol.InspectParams, protocol.InspectResult>;
  readonly verify: Request<protocol.VerifyParams, protocol.VerifyResult>;
  readonly pull: Request<protocol.PullParams, protocol.PullResult>;
  readonly discard: Request<protocol.DiscardParams, protocol.DiscardResult>;
  readonly cacheList: Request<protocol.CacheListParams, protocol.CacheListResult>;
  readonly cacheDetails: Request<protocol.CacheDetailsParams, protocol.CacheDetailsResult>;
  readonly cacheVerify: Request<protocol.CacheVerifyParams, protocol.CacheVerifyResult>;
  readonly cacheClean: Request<protocol.CacheCleanParams, protocol.CacheCleanResult>;
  readonly metalinkCreate: Request<protocol.MetalinkCreateParams, protocol.MetalinkTextResult>;
  readonly metalinkSort: Request<protocol.MetalinkSortParams, protocol.MetalinkSortResult>;
  readonly metalinkConvert: Request<protocol.MetalinkConvertParams, protocol.MetalinkTextResult>;
  readonly metalinkMerge: Request<protocol.MetalinkMergeParams, protocol.MetalinkTextResult>;
  readonly metalinkResolve: Request<protocol.MetalinkResolveParams, protocol.MetalinkResolveResult>;
  readonly checkMirrors: Request<protocol.CheckMirrorsParams, protocol.CheckMirrorsResult>;
  readonly pin: Request<protocol.PinParams, protocol.PinResult>;
  readonly buildInfo: Request<protocol.BuildInfoParams, protocol.BuildInfoResult>;
  readonly buildProblems: Request<protocol.BuildProblemsParams, protocol.BuildProblemsResult>;
  readonly refresh: Request<protocol.RefreshParams, null>;
  readonly checkSignIn: Request<protocol.CheckSignInParams, protocol.CheckSignInResult>;
}

interface Request<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}
