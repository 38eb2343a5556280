// Checks of an editor that has been driven against the language server: what it was told is compared, a line is printed for each failure.
import { spawnSync } from 'node:child_process';
import { createPlayground } from '../../scripts/playground.mjs';

/**
 * Drives an editor in a playground whose hub behaves, and runs the checks on what `drive` gives (`error` is printed). An editor that is not
 * there fails them all. Ends with `NAME: N passed, N failed` and sets the exit code.
 */
export async function runEditorChecks({ name, program, missing, drive, checks }) {
  let failed = 0;
  if (spawnSync(program, ['--version']).status !== 0) {
    console.log(missing);
    failed = Object.keys(checks).length;
  } else {
    const playground = await createPlayground({ misbehave: false });
    const result = await drive(playground);
    if (result.error !== undefined) console.log(result.error);
    for (const [title, check] of Object.entries(checks)) {
      try {
        check(result);
      } catch (error) {
        failed++;
        console.log(`✗ ${title}: ${error.message}`);
      }
    }
    await playground.close();
  }
  console.log(`${name}: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
