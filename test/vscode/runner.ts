// The entry point that VS Code's extension host loads (`extensionTestsPath`): the same for desktop VS Code and for code-server.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/** Runs the suites of this mode and writes the counts to the file that the starting script believes. */
export async function run(): Promise<void> {
  // In code-server there is no console to print on: the script names a file to append to.
  const output = process.env.VSCODE_TEST_OUTPUT;
  if (output !== undefined) Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => fs.appendFileSync(output, format(...parts) + '\n');

  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 240_000 });
  const grep = process.env.MOCHA_GREP;
  if (grep !== undefined) mocha.grep(grep);
  for (const file of fs.readdirSync(__dirname)) {
    const [, mode = 'trusted'] = /\.(restricted|virtual)\.test\.js$/.exec(file) ?? [];
    if (file.endsWith('.test.js') && mode === process.env.VSCODE_TEST_MODE) mocha.addFile(path.join(__dirname, file));
  }

  const stats = await new Promise<Mocha.Stats>((resolve, reject) => {
    const runner = mocha.run(() => (runner.stats ? resolve(runner.stats) : reject(new Error('mocha gave no result'))));
  });
  const file = process.env.VSCODE_TEST_RESULTS;
  if (file !== undefined) fs.writeFileSync(file, JSON.stringify({ passed: stats.passes, failed: stats.failures, skipped: stats.pending }));
  if (stats.failures > 0) throw new Error(`${stats.failures} test(s) failed.`);
}
