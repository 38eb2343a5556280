// What the bundles leave out of the packages they contain: parts that nothing of ours calls, which would be a fifth of the extension's size
// and of every start. Each plugin says what it leaves out and why nobody misses it; a package that has changed its shape fails the build.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

/**
 * Features of the language client for requests that our server does not announce: file of vscode-languageclient/lib/common → the capability
 * that would need it. A test holds the server's capabilities against this list.
 */
const unusedClientFeatures = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'unusedClientFeatures.json'), 'utf8'));

/** A feature that announces nothing and registers nothing. */
const noFeature = `class Unused {
  static CellScheme = 'vscode-notebook-cell';
  fillClientCapabilities() {}
  initialize() {}
  clear() {}
  getState() { return { kind: 'static' }; }
}
module.exports = new Proxy({}, { get: () => Unused });`;

/**
 * The language client without those features; without semver, which only compares the version of VS Code, as VS Code itself does by
 * `engines.vscode`; without minimatch, which only reads globs of the document selector, and ours has none.
 */
export const languageClientCore = {
  name: 'language-client-core',
  setup(build) {
    const client = /vscode-languageclient[\\/]lib[\\/]/;
    const features = new RegExp(`^\\./(?:${Object.keys(unusedClientFeatures).join('|')})$`);
    build.onResolve({ filter: features }, ({ path: file, importer }) =>
      client.test(importer) ? { path: file, namespace: 'no-feature' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'no-feature' }, () => ({ contents: noFeature }));
    build.onResolve({ filter: /^(?:semver\/functions\/(?:parse|satisfies)|minimatch)$/ }, ({ path: file, importer }) =>
      client.test(importer) ? { path: file, namespace: 'not-asked' } : undefined,
    );
    build.onLoad({ filter: /^semver/, namespace: 'not-asked' }, () => ({ contents: 'module.exports = (version) => ({ version });' }));
    build.onLoad({ filter: /^minimatch$/, namespace: 'not-asked' }, () => ({
      contents: `exports.Minimatch = class { constructor() { throw new Error('no glob in the document selector'); } };`,
    }));
  },
};

/**
 * undici's entry brings fetch, WebSocket, caches and mocks along; the server only calls `Agent`, `ProxyAgent` and a dispatcher's `request`.
 * What is not called is replaced by empty classes. The parser is the one for all processors instead of that for SIMD, and stands compressed:
 * the ZIP of an extension cannot compress base64.
 */
export const undiciCore = {
  name: 'undici-core',
  setup(build) {
    const unused = /undici[\\/](?:index|lib[\\/]api[\\/]index|lib[\\/]dispatcher[\\/]client(?:-h[12])?)\.js$/;
    const filter =
      /\/(?:web|mock|cache|interceptor)\/|\/(?:(?:balanced|round-robin)-pool|(?:retry|env-http-proxy)-agent|h2c-client|client-h2\.js|(?:retry|redirect|decorator)-handler|api-(?:stream|pipeline|upgrade))$/;
    build.onResolve({ filter }, ({ path: file, importer }) => (unused.test(importer) ? { path: file, namespace: 'unused' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = new Proxy({}, { get: () => class {} });' }));
    build.onResolve({ filter: /llhttp_simd-wasm\.js$/ }, ({ path: file, resolveDir }) => ({
      path: path.resolve(resolveDir, file.replace('_simd', '')),
    }));
    build.onLoad({ filter: /llhttp-wasm\.js$/ }, ({ path: file }) => {
      const [, base64] = /const wasmBase64 = '([\w+/=]+)'/.exec(fs.readFileSync(file, 'utf8')) ?? [];
      if (base64 === undefined) throw new Error(`${file} has changed: no wasmBase64`);
      const packed = zlib.deflateRawSync(Buffer.from(base64, 'base64'), { level: 9 }).toString('base64');
      return { contents: `module.exports = require('node:zlib').inflateRawSync(Buffer.from('${packed}', 'base64'));` };
    });
  },
};

/** Parts of OpenPGP.js for secret keys and for messages, by the names that its file gives them; we verify with public keys. */
const secretParts = { legacy_ciphers: 'ciphers', index$2: 'Argon2', index$1: 'bzip2' };

/**
 * OpenPGP.js for reading keys and checking signatures: its ES module, of which the bundler drops what is not called, instead of the whole;
 * without ciphers and Argon2 (secret keys) and without bzip2 (compressed messages).
 */
export const openpgpVerification = {
  name: 'openpgp-verification',
  setup(build) {
    build.onResolve({ filter: /^openpgp$/ }, ({ resolveDir }) => ({
      path: path.resolve(moduleFolder(resolveDir, 'openpgp'), 'dist/node/openpgp.mjs'),
      sideEffects: false,
    }));
    build.onLoad({ filter: /openpgp[\\/]dist[\\/]node[\\/]openpgp\.mjs$/ }, ({ path: file }) => {
      let contents = fs.readFileSync(file, 'utf8');
      // A bundle in CommonJS has no `import.meta`; Node's own modules are all that is asked of this require.
      contents = replaced(contents, file, 'createRequire(import.meta.url)', 'require');
      for (const [name, what] of Object.entries(secretParts)) {
        const error = `Promise.reject(new Error('${what}: not part of this program'))`;
        contents = replaced(contents, file, `Promise.resolve().then(function () { return ${name}; })`, error);
      }
      return { contents };
    });
  },
};

/** The yaml package as ES modules, of which the bundler drops what is not called: its entry for Node is CommonJS. */
export const yamlModules = {
  name: 'yaml-modules',
  setup(build) {
    build.onResolve({ filter: /^yaml$/ }, ({ resolveDir }) => ({
      path: path.join(moduleFolder(resolveDir, 'yaml'), 'browser/index.js'),
      sideEffects: false,
    }));
  },
};

/** Throws when `text` lacks `part`, for then the package has changed. */
function replaced(text, file, part, by) {
  if (!text.includes(part)) throw new Error(`${file} has changed: no ${part}`);
  return text.replaceAll(part, by);
}

/** Folder of a package, searched as Node does. */
function moduleFolder(from, name) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (fs.existsSync(candidate)) return candidate;
    if (path.dirname(folder) === folder) throw new Error(`${name} is not installed`);
  }
}
