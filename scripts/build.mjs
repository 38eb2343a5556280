// Bundles the processes of the product by esbuild into dist/, CommonJS, one file each.
//   node scripts/build.mjs [--watch] [--dev]
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');
const version = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).version;

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  outdir: 'dist',
  // `module` fields first: some packages (UMD `main`) hide their requires from the bundler.
  mainFields: ['module', 'main'],
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'info',
  // Its ES module asks `import.meta.url` for a require, which a CommonJS bundle does not have.
  alias: { openpgp: path.join(root, 'node_modules/openpgp/dist/node/openpgp.min.cjs') },
  define: { 'process.env.CONTAINER_METALINK_VERSION': JSON.stringify(version) },
};

export const bundles = [
  { ...shared, entryPoints: { extension: 'client/src/extension.ts' }, external: ['vscode'] },
  { ...shared, entryPoints: { server: 'server/src/main.ts' } },
  { ...shared, entryPoints: { downloadWorker: 'server/src/download/worker.ts' } },
  { ...shared, entryPoints: { cli: 'server/src/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
].filter((b) => Object.values(b.entryPoints).every((f) => fs.existsSync(path.join(root, f))));

if (watch) {
  for (const b of bundles) await (await esbuild.context(b)).watch();
} else {
  fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  const results = await Promise.all(bundles.map((b) => esbuild.build(b)));
  const inputs = new Set();
  for (const r of results) for (const i of Object.keys(r.metafile.inputs)) inputs.add(i);
  fs.writeFileSync(path.join(root, 'node_modules/.cache/bundle-inputs.json'), JSON.stringify([...inputs].sort()));
  const client = Object.keys(results[0].metafile.inputs).filter((i) => i.includes('node_modules/undici/'));
  if (client.length > 0 && bundles[0].entryPoints.extension)
    throw new Error('undici must never be in the client bundle (it replaces the proxy-aware fetch of VS Code)');
  const cli = path.join(root, 'dist/cli.js');
  if (fs.existsSync(cli)) fs.chmodSync(cli, 0o755);
}
