import { documentOf } from '../documentOf';
import { openMetalinkText } from '../newText';
import type { Session } from '../session';

/** "Convert to Metalink 4": the text in the newer format as a new document; the old one stays as it is. */
export async function convertMetalink(session: Session, argument: unknown): Promise<void> {
  const params = documentOf(argument, 'metalink');
  if (params !== undefined) await openMetalinkText(await session.server.request('metalinkConvert', { uri: params.uri }), session.log);
}
