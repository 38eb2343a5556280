import path from 'node:path';
import tseslint from 'typescript-eslint';
import { adapterRooms, connectionRooms, pureRooms, rooms } from './scripts/rooms.mjs';

const serverRoot = path.join(import.meta.dirname, 'server', 'src');

/** The room of a file below server/src: its first folder, or '' for main.ts, cli.ts and their like. */
function roomOf(file) {
  const parts = path.relative(serverRoot, file).split(path.sep);
  return parts[0] === '..' ? undefined : parts.length > 1 ? parts[0] : '';
}

/** Imports between rooms follow scripts/rooms.mjs; nothing of the client is reached from the server, or the other way round but for protocol.ts. */
const roomsRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      up: "Room '{{from}}' must not import from '{{to}}' (see scripts/rooms.mjs).",
      across: 'The client imports only server/src/protocol.ts; the server never imports the client.',
    },
  },
  create(context) {
    const file = context.filename;
    const from = roomOf(file);
    const isClient = file.startsWith(path.join(import.meta.dirname, 'client') + path.sep);
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => node.source && check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ImportExpression: (node) => typeof node.source.value === 'string' && check(node, node.source.value),
    };
    function check(node, specifier) {
      if (!specifier.startsWith('.')) return;
      const target = path.resolve(path.dirname(file), specifier);
      const to = roomOf(target);
      if (isClient && to !== undefined && path.basename(target) !== 'protocol') context.report({ node, messageId: 'across' });
      if (from === undefined) return;
      if (target.startsWith(path.join(import.meta.dirname, 'client'))) context.report({ node, messageId: 'across' });
      if (from !== '' && to !== undefined && to !== '' && to !== from && !rooms[from]?.includes(to))
        context.report({ node, messageId: 'up', data: { from, to } });
    }
  },
};

/** The lines of `no-restricted-imports` hold for `import()` too, which that rule does not read; nobody sets undici's global dispatcher. */
const importCallsRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'array' }],
    messages: {
      restricted: '{{message}}',
      dispatcher: 'Never set the global dispatcher: it would replace the `fetch` of the whole process.',
    },
  },
  create(context) {
    const [patterns = []] = context.options;
    return {
      ImportExpression(node) {
        const { value } = node.source;
        const hit = typeof value === 'string' ? patterns.find(({ regex }) => new RegExp(regex, 'u').test(value)) : undefined;
        if (hit) context.report({ node, messageId: 'restricted', data: { message: hit.message } });
      },
      Identifier: (node) => node.name === 'setGlobalDispatcher' && context.report({ node, messageId: 'dispatcher' }),
    };
  },
};

const nodeBuiltins = { regex: '^node:', message: 'A pure room imports no Node builtin: take a port as an argument.' };
const vscodeRuntime = { regex: '^vscode', allowTypeImports: true, message: 'Only types may come from a vscode package here.' };
const undici = { regex: '^undici($|/)', message: 'Only platform/ speaks undici.' };
const childProcess = { regex: '^(node:)?child_process$', message: 'Only platform/ starts processes.' };
const connection = {
  regex: '^vscode-languageserver(/node|/browser)?$',
  allowTypeImports: true,
  message: 'Only lsp/ and main.ts hold a connection.',
};
const vscodeModule = { regex: '^vscode$', message: 'Only client/ imports vscode.' };

const restricted = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
  'house/import-calls': ['error', patterns.map(({ regex, message }) => ({ regex, message }))],
});
const roomFiles = (names) => names.map((n) => `server/src/${n}/**/*.ts`);
const otherRooms = Object.keys(rooms).filter((r) => !pureRooms.includes(r) && !adapterRooms.includes(r) && !connectionRooms.includes(r));

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'node_modules/**', '.vscode-test/**', 'test/fixtures/**', '**/*.standalone.*'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { house: { rules: { rooms: roomsRule, 'import-calls': importCallsRule } } },
    rules: {
      'house/rooms': 'error',
      'house/import-calls': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-control-regex': 'off',
    },
  },
  { files: roomFiles(pureRooms), rules: restricted(nodeBuiltins, vscodeRuntime, undici) },
  { files: roomFiles(otherRooms), rules: restricted(undici, childProcess, connection, vscodeModule) },
  { files: roomFiles(adapterRooms), rules: restricted(connection, vscodeModule) },
  { files: roomFiles(connectionRooms), rules: restricted(undici, childProcess, vscodeModule) },
  { files: ['server/src/*.ts'], rules: restricted(undici, childProcess, vscodeModule) },
  { files: ['client/src/**/*.ts'], rules: restricted(undici, connection) },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'suite'] }] },
      ],
    },
  },
);
