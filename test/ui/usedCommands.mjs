// Which of our commands the UI tests have used: told by the extension's own log, so that it does not matter whether the palette, a menu, a
// lens or a button called them.
import fs from 'node:fs';
import path from 'node:path';

/** Commands that nobody can call in the browser, and what proves them instead. */
const unreachable = {
  'containerMetalink.noEngine': 'an entry of menus that is always grey; d-first-minutes looks at it',
};

/** Ids of the commands that the logs below a profile's folder tell of. */
export function calledCommands(userDataDir) {
  const logs = fs
    .readdirSync(userDataDir, { recursive: true })
    .map(String)
    .filter((name) => /container-metalink\.container-metalink\b.*\.log$/.test(name));
  const text = logs.map((name) => fs.readFileSync(path.join(userDataDir, name), 'utf8')).join('\n');
  return [...text.matchAll(/\[debug\] command (\S+)$/gm)].map(([, name]) => `containerMetalink.${name}`);
}

/** What is wrong, in a line each: commands of the manifest that were not called, and exceptions that no longer are any. */
export function unusedCommands(declared, called, exceptions = unreachable) {
  const isCalled = new Set(called);
  const problems = declared
    .filter((id) => !isCalled.has(id) && !(id in exceptions))
    .map((id) => `no UI test uses the command ${id}: use it where it belongs`);
  for (const id of Object.keys(exceptions)) {
    if (!declared.includes(id)) problems.push(`${id} is an exception, and no command of package.json`);
    else if (isCalled.has(id)) problems.push(`${id} is an exception, and was used`);
  }
  return problems;
}
