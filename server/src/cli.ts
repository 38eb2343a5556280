import { runCommand } from './cli/run';
import { isServerCall } from './cli/serverCall';
import { createTerminal } from './cli/terminal';
import { doSmallFileWorkAtOnce } from './platform/smallFiles';
import { localeOf, speakLanguage } from './platform/language';

// The command-line process: the same core as the language server, by another door.
const words = process.argv.slice(2);
if (isServerCall(words)) {
  // For editors other than VS Code. Loaded here, so that commands start without the protocol's code.
  void import('./lsp/serveProcess').then(({ serveProcess }) => serveProcess({ input: process.stdin, output: process.stdout }));
} else {
  doSmallFileWorkAtOnce();
  speakLanguage(localeOf(process.env));
  void runCommand(words, createTerminal()).then((status) => {
    process.exitCode = status;
  });
}
