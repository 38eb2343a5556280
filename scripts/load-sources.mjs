// Gives the scripts what stands in the sources. Node 20 does not read TypeScript, so esbuild translates the file first.
import path from 'node:path';
import * as esbuild from 'esbuild';

const sources = path.resolve(import.meta.dirname, '../server/src');

/** The table `settings` of server/src/settings.ts. */
export async function loadSettings() {
  return (await load('settings.ts')).settings;
}

/** `textKey` of server/src/text/textKey.ts. */
export async function loadTextKey() {
  return (await load('text/textKey.ts')).textKey;
}

async function load(file) {
  const entry = path.join(sources, file);
  const built = await esbuild.build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', platform: 'node' });
  const code = Buffer.from(built.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
