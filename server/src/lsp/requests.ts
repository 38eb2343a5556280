import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { CancellationToken } from 'vscode-languageserver';
import { methods } from '../protocol';
import type { requestHandlers } from './requestHandlers';
import type { RequestSurroundings } from './requestSurroundings';

/** Messages that the client sends; the others of protocol.ts go the other way. */
const asked = [
  methods.inspect,
  methods.verify,
  methods.pull,
  methods.discard,
  methods.cacheList,
  methods.cacheDetails,
  methods.cacheVerify,
  methods.cacheClean,
  methods.metalinkCreate,
  methods.metalinkConvert,
  methods.metalinkSort,
  methods.metalinkMerge,
  methods.metalinkResolve,
  methods.checkMirrors,
  methods.pin,
  methods.buildInfo,
  methods.buildProblems,
  methods.refresh,
  methods.checkSignIn,
];

/** Answers the custom requests of protocol.ts. Their code is loaded with the first one: a server that only edits stays small. */
export function registerRequests(surroundings: RequestSurroundings): void {
  let handlers: Promise<ReturnType<typeof requestHandlers>> | undefined;
  const load = () => (handlers ??= import('./requestHandlers').then((room) => room.requestHandlers(surroundings)));
  for (const method of asked) {
    surroundings.connection.onRequest(method, async (params: unknown, token: CancellationToken) => {
      try {
        const handler = (await load()).get(method);
        if (handler === undefined) throw new Error(`${method} is not answered`);
        return await handler(params, token);
      } catch (error) {
        // Errors that reach this place are written for people.
        throw new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
      }
    });
  }
}
