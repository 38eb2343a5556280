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

/** Answers one custom request, as the client would be answered. Rejects with an Error for people. */
export type AnswerRequest = (method: string, params: unknown, token: CancellationToken) => Promise<unknown>;

/** Answers the custom requests of protocol.ts. Their code is loaded with the first one: a server that only edits stays small. */
export function registerRequests(surroundings: RequestSurroundings): AnswerRequest {
  let handlers: Promise<ReturnType<typeof requestHandlers>> | undefined;
  const load = () => (handlers ??= import('./requestHandlers').then((room) => room.requestHandlers(surroundings)));
  const answer: AnswerRequest = async (method, params, token) => {
    const handler = (await load()).get(method);
    if (handler === undefined) throw new Error(`${method} is not answered`);
    return handler(params, token);
  };
  for (const method of asked) {
    surroundings.connection.onRequest(method, async (params: unknown, token: CancellationToken) => {
      try {
        return await answer(method, params, token);
      } catch (error) {
        // Errors that reach this place are written for people.
        throw new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
      }
    });
  }
  return answer;
}
