// The rooms of the server and what each may lean on: arrows point one way, downwards in this table.
// ESLint reads it (eslint.config.mjs); docs/architecture.md explains it.

/** Room → rooms that it may import. A room may always import itself. */
export const rooms = {
  text: [],
  image: ['text'],
  labels: ['text'],
  recipe: ['text', 'image', 'labels'],
  metalink: ['text', 'image'],
  platform: ['text', 'image'],
  sif: ['text', 'image'],
  signature: ['text', 'image', 'sif', 'platform'],
  hub: ['text', 'image', 'platform'],
  download: ['text', 'image', 'platform'],
  verify: ['text', 'image', 'platform', 'sif', 'signature', 'hub', 'download', 'metalink'],
  cache: ['text', 'image', 'platform', 'sif', 'signature', 'verify'],
  operations: ['text', 'image', 'labels', 'recipe', 'metalink', 'platform', 'sif', 'signature', 'hub', 'download', 'verify', 'cache'],
  lsp: [
    'text',
    'image',
    'labels',
    'recipe',
    'metalink',
    'platform',
    'sif',
    'signature',
    'hub',
    'download',
    'verify',
    'cache',
    'operations',
  ],
  cli: ['text', 'image', 'platform', 'operations'],
};

/** Rooms that import no Node builtin, no network, no disk, no `vscode*` runtime, and cannot fail. */
export const pureRooms = ['text', 'image', 'labels', 'recipe', 'metalink'];

/** Rooms that may import undici and child processes. */
export const adapterRooms = ['platform'];

/** Rooms, and files, that may hold a language-server connection. */
export const connectionRooms = ['lsp'];
