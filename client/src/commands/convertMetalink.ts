import * as vscode from 'vscode';
import { documentOf } from '../documentOf';
import { openMetalinkText } from '../newText';
import type { Session } from '../session';

/** "Convert to Metalink 4": the text in the newer format as a new document; the old one stays as it is. */
export async function convertMetalink(session: Session, argument: unknown): Promise<void> {
  const params = await documentOf(argument, 'metalink');
  if (params !== undefined) await convert(session, params.uri);
}

async function convert(session: Session, uri: string): Promise<void> {
  const name = vscode.Uri.parse(uri).path.split('/').at(-1) ?? '';
  const result = await session.server.request('metalinkConvert', { uri });
  await openMetalinkText(result, `${name.replace(/\.(metalink|meta4)$/i, '')}.meta4`, session.log);
}
