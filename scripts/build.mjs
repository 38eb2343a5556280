// Bundles the processes of the product by esbuild into dist/: the extension in one file; the server, the command line and the
// download worker in one file each with parts that they share, so that a process reads only what it runs. Without --out it also writes NOTICE.
//   node scripts/build.mjs [--watch] [--dev] [--out FOLDER]     FOLDER (dist/ without it) is emptied first
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { languageClientCore, openpgpVerification, undiciCore, yamlModules } from './bundleParts.mjs';
import { writeNotice } from './notice.mjs';
import { writeTranslations } from './translations.mjs';

const root = path.resolve(import.meta.dirname, '..');
const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');
const version = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).version;
const outdir = path.resolve(root, argument('--out') ?? 'dist');

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  outdir,
  // `module` fields first: some packages (UMD `main`) hide their requires from the bundler.
  mainFields: ['module', 'main'],
  minify: !dev,
  legalComments: 'none',
  metafile: true,
  logLevel: 'info',
  define: { 'process.env.CONTAINER_METALINK_VERSION': JSON.stringify(version) },
};

/**
 * What the sources load by `import()` becomes a part of its own: a server that only edits reads a quarter of the code, which is most of
 * its start and a fifth of its memory. esbuild splits ES modules only, VS Code starts CommonJS: each part is translated when written.
 */
const commonJsParts = {
  name: 'commonjs-parts',
  setup(build) {
    build.onEnd(async ({ outputFiles = [] }) => {
      fs.mkdirSync(outdir, { recursive: true });
      for (const { path: file, text } of outputFiles) {
        const { code } = await esbuild.transform(text, {
          format: 'cjs',
          platform: 'node',
          target: shared.target,
          supported: { 'dynamic-import': false }, // becomes a require that runs later
          minify: !dev,
          legalComments: 'none',
          banner: `${path.basename(file) === 'cli.js' ? '#!/usr/bin/env node\n' : ''}"use strict";`, // as modules are
          footer: namedExports,
          sourcefile: path.basename(file),
          sourcemap: dev ? 'inline' : false,
        });
        fs.writeFileSync(file, code);
      }
      const cli = path.join(outdir, 'cli.js');
      if (fs.existsSync(cli)) fs.chmodSync(cli, 0o755);
    });
  },
};

/**
 * A CommonJS package that is loaded by `import()` comes out of a split bundle with its `default` alone, where Node and the tests give its
 * properties as named exports: `const { readKey } = await import('openpgp')`. This gives them back.
 */
const namedExports = `{
  const all = module.exports.default;
  if (all && /^(object|function)$/.test(typeof all) && Object.keys(module.exports).join() === 'default')
    for (const name of Object.keys(all))
      if (name !== 'default') Object.defineProperty(module.exports, name, { enumerable: true, get: () => all[name] });
}`;

const parts = {
  ...shared,
  format: 'esm',
  splitting: true,
  chunkNames: 'part-[name]-[hash]', // beside the entries: the code asks for its neighbours by __dirname
  write: false,
  sourcemap: dev ? 'inline' : false,
};
const extension = {
  ...parts,
  entryPoints: { extension: 'client/src/extension.ts' },
  external: ['vscode'],
  plugins: [languageClientCore, commonJsParts],
};
const processes = {
  ...parts,
  entryPoints: { server: 'server/src/main.ts', cli: 'server/src/cli.ts', downloadWorker: 'server/src/download/worker.ts' },
  plugins: [undiciCore, openpgpVerification, yamlModules, commonJsParts],
};

fs.rmSync(outdir, { recursive: true, force: true });
await writeTranslations(outdir);
if (watch) {
  for (const bundle of [extension, processes]) await (await esbuild.context(bundle)).watch();
} else {
  const results = await Promise.all([extension, processes].map((bundle) => esbuild.build(bundle)));
  const inputs = new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
  if (argument('--out') === undefined) writeNotice([...inputs]);
  if (Object.keys(results[0].metafile.inputs).some((input) => input.includes('node_modules/undici/')))
    throw new Error('undici must never be in the client bundle (it replaces the proxy-aware fetch of VS Code)');
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
