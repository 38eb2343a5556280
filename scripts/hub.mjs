// Starts the embedded hub alone, on loopback, with the sample images:
//   node scripts/hub.mjs [--port N] [--workspace FOLDER] [--well-behaved]
// --port N            port to listen on, 18080 by default; 0 takes any free one
// --workspace FOLDER  also writes the sample workspace there, with this hub's addresses in it
// --well-behaved      without the sample's damaged and stalling mirrors
// Other scripts import `loadHub`.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** The embedded hub's functions (test/hub/hub.ts, test/hub/samples.ts), bundled for this Node. */
export async function loadHub() {
  const outfile = path.join(root, 'node_modules/.cache/hub/hub.mjs');
  const contents = `export * from './hub'; export * from './samples'; export * from './accounts';`;
  await esbuild.build({
    stdin: { contents, resolveDir: path.join(root, 'test/hub'), loader: 'ts' },
    absWorkingDir: root,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  return import(`${pathToFileURL(outfile).href}?${fs.statSync(outfile).mtimeMs}`);
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === import.meta.filename) await main();

async function main() {
  const options = {
    port: { type: 'string', default: '18080' },
    workspace: { type: 'string' },
    'well-behaved': { type: 'boolean', default: false },
  };
  const { values } = parseArgs({ options });
  const { startHub, misbehaveAsSampled, writeSampleWorkspace } = await loadHub();
  const hub = await startHub({ port: Number(values.port), root });
  if (!values['well-behaved']) misbehaveAsSampled(hub);
  if (values.workspace !== undefined) {
    const written = writeSampleWorkspace(path.resolve(values.workspace), hub);
    console.log(`Sample workspace: ${path.resolve(values.workspace)} (${written.length} files)`);
  }
  console.log(`Embedded hub: ${hub.origin} (also ${hub.origins.slice(1).join(', ')})`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void hub.close().then(() => process.exit(0)));
}
