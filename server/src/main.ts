import { serveProcess } from './lsp/serveProcess';

// The language-server process that VS Code's client starts.
serveProcess();
