// With an engine on PATH (here a script that does what apptainer prints): build with questions, errors at the lines, run in the terminal.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

/** An engine that writes an image, and fails in %post as apptainer does when the recipe says `exit 3`. */
const engine = `#!/bin/bash
echo "$0 $*" >>"$HOME/engine.log"
case "$1" in
build)
  image="\${@: -2:1}"; recipe="\${@: -1}"
  echo "INFO:    Starting build..." >&2
  if grep -q 'exit 3' "$recipe"; then
    printf '+ echo before\\n+ exit 3\\n' >&2
    echo "FATAL:   While performing build: while running engine: exit status 3" >&2
    exit 255
  fi
  echo built >"$image"
  echo "INFO:    Build complete: $image" >&2 ;;
*) echo "engine: $*" ;;
esac
`;

export function prepare(playground) {
  const folder = path.join(playground.folder, 'bin');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'apptainer'), engine, { mode: 0o755 });
  fs.writeFileSync(
    path.join(playground.workspace, 'arguments.def'),
    'Bootstrap: docker\nFrom: debian:13\n\n%post\n    echo before\n    echo {{ flavour }}\n',
  );
  fs.writeFileSync(
    path.join(playground.workspace, 'stops.def'),
    'Bootstrap: docker\nFrom: debian:13\n\n%post\n    echo before\n    exit 3\n',
  );
}

/** A login shell of the machine that runs the tests may set PATH anew: the engine is named by the setting. */
export function settings(playground) {
  return { 'containerMetalink.engine.path': path.join(playground.folder, 'bin/apptainer') };
}

export const tests = {
  'a build asks for the argument without default, and never overwrites without asking': async (workbench, playground) => {
    await workbench.open('arguments.def', 'flavour');
    await workbench.command('Containers: Build Container');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: '--sandbox' }).waitFor();
    await workbench.picture('build-options');
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInput().getByText('Build argument flavour').waitFor();
    await workbench.answer('vanilla sweet');
    await workbench.quickInput().getByText('Image to build').waitFor();
    await workbench.answer('arguments.sif');
    await waitForFile(path.join(playground.workspace, 'arguments.sif'));
    assert.match(
      fs.readFileSync(path.join(playground.home, 'engine.log'), 'utf8'),
      /--build-arg flavour=vanilla sweet arguments\.sif arguments\.def/,
    );
    await workbench.picture('build-done');

    await workbench.command('Containers: Build Container');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: '--sandbox' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInput().getByText('Build argument flavour').waitFor();
    await workbench.answer('x');
    await workbench.quickInput().getByText('Image to build').waitFor();
    await workbench.answer('arguments.sif');
    await workbench.dialog().getByText('exists already').waitFor();
    await workbench.pressDialogButton('Cancel');
    assert.equal(fs.readFileSync(path.join(playground.home, 'engine.log'), 'utf8').match(/ build /g).length, 1);
  },
  'an error of the engine stands at the line of the recipe': async (workbench) => {
    await workbench.open('stops.def', 'exit 3');
    await workbench.command('Containers: Build Container');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: '--sandbox' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInput().getByText('Image to build').waitFor();
    await workbench.answer('stops.sif');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await workbench.picture('build-failed');
    const hover = await workbench.hover('exit 3', 'exit status 3');
    assert.match(await hover.innerText(), /build/);
    await workbench.page.keyboard.press('Escape');
  },
  'an image runs in the terminal': async (workbench, playground) => {
    await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'images' }).click();
    await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'tool-1.4.sif' }).click({ button: 'right' });
    const { contextMenu } = await import('./b-verify-and-pull.ui.mjs');
    await contextMenu(workbench, 'Container Image', 'Run Image in Terminal');
    await waitFor(() => fs.readFileSync(path.join(playground.home, 'engine.log'), 'utf8').includes(' run '));
    await workbench.picture('run');
  },
};

async function waitForFile(file) {
  await waitFor(() => fs.existsSync(file));
}

async function waitFor(holds) {
  for (const end = Date.now() + 30_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 100)))
    if (Date.now() > end) throw new Error('waited in vain');
}
