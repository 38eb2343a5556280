import type { Connection } from 'vscode-languageserver';
import { reportLine } from '../operations/reportText';
import { clientCommands, methods } from '../protocol';
import type { CheckMirrorsResult, MetalinkResolveResult, PinResult, PullResult, VerifyResult } from '../protocol';
import { t } from '../text/l10n';

export interface CommandSurroundings {
  readonly connection: Pick<Connection, 'window'>;
  /** The client answers questions (`window/showMessageRequest`). */
  readonly asks: boolean;
  /** Answers one of our custom requests; rejects with an Error for people. */
  readonly call: (method: string, params: object) => Promise<unknown>;
}

/**
 * Carries out a command of serverCommands.ts with the argument that a lens or code action gave it; edits and findings come to the client as
 * those of the request do. Returns what to tell the user, one line each. Rejects with an Error for people.
 */
export async function runCommand(command: string, argument: object, surroundings: CommandSurroundings): Promise<readonly string[]> {
  const { call } = surroundings;
  switch (command) {
    case clientCommands.verify: {
      const { reports } = (await call(methods.verify, { target: argument })) as VerifyResult;
      return reports.length === 0 ? [t('There is no image that could be verified.')] : reports.map(reportLine);
    }
    case clientCommands.pullIntoCache: {
      const { items } = (await call(methods.pull, { target: argument, destination: { kind: 'cache' } })) as PullResult;
      return items.map(({ message, path }) => (path === undefined || message.includes(path) ? message : `${message} ${path}`));
    }
    case clientCommands.checkMirrors: {
      const { mirrors } = (await call(methods.checkMirrors, argument)) as CheckMirrorsResult;
      return mirrors.map(({ url, message }) => `${url}: ${message}`);
    }
    case clientCommands.resolveHashes:
      return resolve(argument, surroundings);
    case clientCommands.pin: {
      const { changed, report } = (await call(methods.pin, argument)) as PinResult;
      return changed === 0 ? report : [];
    }
    default:
      throw new Error(t('There is no command {0}.', command));
  }
}

/** What only a download tells is fetched after a question; a client that cannot ask hears how else it can be had. */
async function resolve(params: object, { connection, asks, call }: CommandSurroundings): Promise<readonly string[]> {
  const request = async (download: boolean) => (await call(methods.metalinkResolve, { ...params, download })) as MetalinkResolveResult;
  const { report, needDownload } = await request(false);
  if (needDownload.length === 0) return report;
  const files = needDownload.join(', ');
  if (!asks)
    return [
      ...report,
      t('Only a download tells the values of {0}: "container-metalink metalink resolve --download --write" makes it.', files),
    ];
  const question = t('Only a download tells the values of {0}. Download now?', files);
  const choice = await connection.window.showInformationMessage(question, { title: t('Download') });
  return choice?.title === undefined ? report : (await request(true)).report;
}
