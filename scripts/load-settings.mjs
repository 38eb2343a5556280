// Gives the scripts the table of server/src/settings.ts. Node 20 does not read TypeScript, so esbuild translates the file first.
import path from 'node:path';
import * as esbuild from 'esbuild';

const file = path.resolve(import.meta.dirname, '../server/src/settings.ts');

/** The table `settings` of server/src/settings.ts. */
export async function loadSettings() {
  const built = await esbuild.build({ entryPoints: [file], bundle: true, write: false, format: 'esm', platform: 'node' });
  const code = Buffer.from(built.outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)).settings;
}
