import type { CancellationToken } from 'vscode-languageserver';
import fs from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { methods } from '../protocol';
import type {
  BuildInfoParams,
  BuildInfoResult,
  BuildProblemsParams,
  BuildProblemsResult,
  CacheCleanParams,
  CacheCleanResult,
  CacheDetailsParams,
  CacheDetailsResult,
  CacheListParams,
  CacheListResult,
  CacheVerifyParams,
  CacheVerifyResult,
  CheckMirrorsParams,
  CheckMirrorsResult,
  CheckSignInParams,
  CheckSignInResult,
  DiscardParams,
  DiscardResult,
  InspectParams,
  InspectResult,
  MetalinkConvertParams,
  MetalinkCreateParams,
  MetalinkMergeParams,
  MetalinkResolveParams,
  MetalinkResolveResult,
  MetalinkSortParams,
  MetalinkSortResult,
  MetalinkTextResult,
  PinParams,
  PinResult,
  PullParams,
  PullResult,
  RefreshParams,
  VerifyParams,
  VerifyResult,
} from '../protocol';
import { buildInfo } from '../operations/buildInfo';
import { buildProblems } from '../operations/buildProblems';
import { cacheDetails, listCaches } from '../operations/caches';
import { createCancelledPulls } from '../operations/cancelledPulls';
import { cleanCaches } from '../operations/cleanCaches';
import { verifyCaches } from '../operations/verifyCaches';
import { checkMirrors } from '../operations/checkMirrors';
import { convertMetalinkText } from '../operations/convertMetalink';
import { createMetalink } from '../operations/createMetalink';
import { inspectTarget } from '../operations/inspect';
import { mergeMetalinkTexts } from '../operations/mergeMetalinks';
import { pinReferences } from '../operations/pin';
import { pinFolder } from '../operations/pinFolder';
import { pullTarget } from '../operations/pull';
import { resolveMetalinkText } from '../operations/resolveMetalink';
import { sortMetalinkText } from '../operations/sortMetalink';
import { readTextFile } from '../operations/textFile';
import { verifyTarget } from '../operations/verify';
import { t } from '../text/l10n';
import { createSourceText } from '../text/sourceText';
import { withProgress } from './progress';
import { toTextEdit } from './codeActions';
import type { RequestSurroundings } from './requestSurroundings';
import { signalOf } from './signal';
import { verdictFindings } from './verdictFindings';

/** Answers one request; `params` are of the type that protocol.ts pairs with the method. */
export type RequestHandler = (params: unknown, token: CancellationToken) => Promise<unknown>;

/** The one table of the custom requests of protocol.ts: what each calls. Loaded with all that operations need when the first one comes. */
export function requestHandlers({
  connection,
  documents,
  diagnostics,
  getWorld,
}: RequestSurroundings): ReadonlyMap<string, RequestHandler> {
  const handlers = new Map<string, RequestHandler>();
  const on = (method: string, answer: (params: never, token: CancellationToken) => Promise<unknown>) =>
    handlers.set(method, answer as RequestHandler);
  const log = (line: string) => connection.console.info(line);
  const cancelledPulls = createCancelledPulls();
  /** Documents as they stand in the editor come before what is on disk. */
  const openText = (uri: string) => documents.textOf(uri);

  on(methods.inspect, async (params: InspectParams, token): Promise<InspectResult> => ({
    items: await inspectTarget(await getWorld(), params.target, { signal: signalOf(token), openText }),
  }));

  on(methods.verify, async (params: VerifyParams, token): Promise<VerifyResult> => {
    const world = await getWorld();
    const reports = await withProgress(connection, { ...params, token }, t('Verifying'), (onProgress, signal) =>
      verifyTarget(world, params.target, {
        keys: params.keys ?? [],
        fingerprints: [],
        legacy: params.legacy === true,
        signal,
        onProgress,
        openText,
      }),
    );
    if (params.target.kind === 'document') {
      const document = await documents.get(params.target.uri);
      if (document) diagnostics.set(document.uri, 'verification', document.version, verdictFindings(document, reports));
    }
    return { reports };
  });

  on(methods.pull, async (params: PullParams, token): Promise<PullResult> => {
    const world = await getWorld();
    const items = await withProgress(connection, { ...params, token }, t('Pulling'), (onProgress, signal) =>
      cancelledPulls.follow(params, (onPartial) =>
        pullTarget(world, params.target, params.destination, {
          overwrite: params.overwrite === true,
          signal,
          onProgress,
          onDecision: log,
          onPartial,
          openText,
        }),
      ),
    );
    return { items };
  });
  on(methods.discard, (params: DiscardParams): Promise<DiscardResult> => cancelledPulls.discard(params));

  on(methods.cacheList, async (params: CacheListParams, token): Promise<CacheListResult> =>
    listCaches(await getWorld(), params, signalOf(token)),
  );
  on(methods.cacheDetails, async (params: CacheDetailsParams, token): Promise<CacheDetailsResult> =>
    cacheDetails(await getWorld(), params.path, signalOf(token)),
  );
  on(methods.cacheVerify, async (params: CacheVerifyParams, token): Promise<CacheVerifyResult> => {
    const world = await getWorld();
    return withProgress(connection, { ...params, token }, t('Verifying cache entries'), (onProgress, signal) =>
      verifyCaches(world, params.paths, { signal, onProgress }),
    );
  });
  on(methods.cacheClean, async (params: CacheCleanParams, token): Promise<CacheCleanResult> =>
    cleanCaches(await getWorld(), params, signalOf(token)),
  );

  on(methods.metalinkCreate, async (params: MetalinkCreateParams, token): Promise<MetalinkTextResult> => {
    const world = await getWorld();
    return withProgress(connection, { ...params, token }, t('Creating metalink'), (onProgress, signal) =>
      createMetalink(world, params.targets, { mirrors: [], signal, onProgress, openText }),
    );
  });
  on(methods.metalinkConvert, async (params: MetalinkConvertParams): Promise<MetalinkTextResult> =>
    convertMetalinkText(await documentText(params.uri)),
  );
  on(methods.metalinkSort, async ({ uri }: MetalinkSortParams): Promise<MetalinkSortResult> => {
    const text = await documentText(uri);
    const { edits } = sortMetalinkText(text);
    if (edits.length > 0) {
      const source = createSourceText(text);
      await connection.workspace.applyEdit({ changes: { [uri]: edits.map((edit) => toTextEdit(edit, source)) } });
    }
    return { moved: edits.length };
  });
  on(methods.metalinkMerge, async (params: MetalinkMergeParams): Promise<MetalinkTextResult> =>
    mergeMetalinkTexts(await Promise.all(params.uris.map(documentText))),
  );
  on(methods.metalinkResolve, async (params: MetalinkResolveParams, token): Promise<MetalinkResolveResult> => {
    const world = await getWorld();
    const text = await documentText(params.uri);
    const resolved = await withProgress(connection, { ...params, token }, t('Resolving sizes and hashes'), (onProgress, signal) =>
      resolveMetalinkText(world, text, {
        download: params.download === true,
        ...(params.file !== undefined && { file: params.file }),
        signal,
        onProgress,
      }),
    );
    if (resolved.edits.length > 0) {
      const source = createSourceText(text);
      await connection.workspace.applyEdit({ changes: { [params.uri]: resolved.edits.map((edit) => toTextEdit(edit, source)) } });
    }
    return { applied: resolved.applied, report: resolved.report, needDownload: resolved.needDownload };
  });
  on(methods.checkMirrors, async (params: CheckMirrorsParams, token): Promise<CheckMirrorsResult> => {
    const world = await getWorld();
    const document = await documents.get(params.uri);
    const text = document?.source.text ?? (await documentText(params.uri));
    const checked = await withProgress(connection, { ...params, token }, t('Checking mirrors'), (onProgress, signal) =>
      checkMirrors(world, text, { ...(params.file !== undefined && { file: params.file }), signal, onProgress }),
    );
    if (document) diagnostics.set(document.uri, 'mirrors', document.version, checked.findings);
    return { mirrors: checked.mirrors };
  });

  on(methods.pin, async (params: PinParams, token): Promise<PinResult> => {
    if (await isFolder(params.uri)) return pinBelow(params, signalOf(token));
    const text = await documentText(params.uri);
    const source = createSourceText(text);
    const pinned = await pinReferences(await getWorld(), text, {
      action: params.action,
      ...(params.position && { offset: source.offsetAt(params.position) }),
      signal: signalOf(token),
    });
    if (pinned.edits.length > 0)
      await connection.workspace.applyEdit({ changes: { [params.uri]: pinned.edits.map((edit) => toTextEdit(edit, source)) } });
    return { changed: pinned.edits.length, report: pinned.report };
  });

  on(methods.buildInfo, async (params: BuildInfoParams): Promise<BuildInfoResult> => {
    const errors = (await diagnostics.findingsOf(params.uri)).filter((finding) => finding.severity === 'error').length;
    return buildInfo(await documentText(params.uri), errors);
  });
  on(methods.buildProblems, async (params: BuildProblemsParams): Promise<BuildProblemsResult> => {
    const text = await documentText(params.uri);
    const source = createSourceText(text);
    return { problems: buildProblems(text, params.output).map(({ range, message }) => ({ range: source.rangeOf(range), message })) };
  });

  on(methods.refresh, async (params: RefreshParams): Promise<null> => {
    await (await getWorld()).refresh(params.what);
    diagnostics.refreshAll();
    return null;
  });

  on(methods.checkSignIn, async ({ host }: CheckSignInParams, token): Promise<CheckSignInResult> => {
    const { HubError } = await import('../hub/hub');
    try {
      await (await getWorld()).hubs.checkSignIn(host, { signal: signalOf(token), reason: 'command' });
      return { state: 'accepted' };
    } catch (error) {
      const refused = error instanceof HubError && error.kind === 'sign-in';
      return { state: refused ? 'refused' : 'unknown', message: error instanceof Error ? error.message : String(error) };
    }
  });

  return handlers;

  /** The edits of all recipes below a folder, in one step that can be undone; what an editor does not have open, it opens. */
  async function pinBelow({ uri, action }: PinParams, signal: AbortSignal): Promise<PinResult> {
    const open = new Map(documents.uris.filter((known) => known.startsWith('file:')).map((known) => [fileURLToPath(known), known]));
    const files = await pinFolder(await getWorld(), fileURLToPath(uri), {
      action,
      signal,
      openText: (file) => documents.textOf(open.get(file) ?? ''),
    });
    const changes = files
      .filter(({ edits }) => edits.length > 0)
      .map(({ path, text, edits }) => {
        const source = createSourceText(text);
        return [open.get(path) ?? pathToFileURL(path).href, edits.map((edit) => toTextEdit(edit, source))] as const;
      });
    if (changes.length > 0) await connection.workspace.applyEdit({ changes: Object.fromEntries(changes) });
    const report = files.flatMap((file) => file.report);
    return {
      changed: changes.reduce((sum, [, edits]) => sum + edits.length, 0),
      report: report.length === 0 ? [t('There is no recipe in this folder.')] : report,
    };
  }

  /** The text of a document as it stands in the editor, else on disk. */
  async function documentText(uri: string): Promise<string> {
    const text = openText(uri);
    if (text !== undefined) return text;
    return readTextFile(fileURLToPath(uri));
  }
}

async function isFolder(uri: string): Promise<boolean> {
  if (!uri.startsWith('file:')) return false;
  const stat = await fs.stat(fileURLToPath(uri)).catch(() => undefined); // a new document has no file yet
  return stat?.isDirectory() === true;
}
