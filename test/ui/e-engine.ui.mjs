// With an engine on PATH (here a script that does what apptainer prints): build with questions, errors at the lines, run in the terminal.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from './workbench.mjs';

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
  fs.writeFileSync(path.join(playground.workspace, 'Singularity'), 'Bootstrap: docker\nFrom: debian:13\n\n%post\n    true\n');
  fs.writeFileSync(path.join(playground.workspace, 'taken.def'), 'Bootstrap: docker\nFrom: debian:13\n');
  fs.writeFileSync(path.join(playground.workspace, 'taken.sif'), 'precious\n');
  fs.writeFileSync(
    path.join(playground.workspace, 'stops.def'),
    'Bootstrap: docker\nFrom: debian:13\n\n%post\n    echo before\n    exit 3\n',
  );
}

/** A login shell of the machine that runs the tests may set PATH anew: the engine is named by the setting. */
export function settings(playground) {
  return {
    'containerMetalink.engine.path': path.join(playground.folder, 'bin/apptainer'),
    'terminal.integrated.gpuAcceleration': 'off', // so that what the terminal says can be read
  };
}

export const tests = {
  'a build asks for the argument without default, and never overwrites without asking': async (workbench, playground) => {
    await workbench.open('arguments.def', 'flavour');
    await startBuild(workbench, async () => workbench.pictures('build-options'));
    await workbench.answerQuestion('Build argument flavour', 'vanilla sweet');
    await workbench.answerQuestion('Image to build', 'arguments.sif');
    await waitFor('the image is built', () => fs.existsSync(path.join(playground.workspace, 'arguments.sif')));
    assert.match(logOf(playground), /--build-arg flavour=vanilla sweet arguments\.sif arguments\.def/);
    await workbench.pictures('build-done');

    await workbench.open('arguments.def', 'flavour');
    await startBuild(workbench);
    await workbench.answerQuestion('Build argument flavour', 'x');
    await workbench.answerQuestion('Image to build', 'arguments.sif');
    await workbench.dialog().getByText('exists already').waitFor();
    await workbench.pressDialogButton('Cancel');
    assert.equal(logOf(playground).match(/ build /g).length, 1);
  },
  'a build never takes the recipe, or a folder that holds it, for the image': async (workbench, playground) => {
    await workbench.open('Singularity', 'From: debian');
    await startBuild(workbench);
    await workbench.question('Image to build').waitFor();
    for (const wrong of ['Singularity', '.']) {
      await workbench.answer(wrong);
      await workbench.quickInput().getByText('it would be deleted').waitFor();
    }
    await workbench.pictures('build-over-recipe');
    await workbench.leaveQuickInput();
    assert.equal(logOf(playground).match(/ build /g).length, 1);
  },
  'a task asks in its terminal before it replaces an image': async (workbench, playground) => {
    const image = path.join(playground.workspace, 'taken.sif');
    const builds = () =>
      logOf(playground)
        .split('\n')
        .filter((line) => line.includes(' taken.sif taken.def')).length;
    await runTask(workbench, 'build taken.def');
    await workbench.terminal('taken.sif exists already. Replace it? [y/N]').waitFor();
    await workbench.picture('build-task-question');
    await workbench.typeInTerminal('n');
    await workbench.terminal('taken.sif is left as it is').waitFor();
    await workbench.picture('build-task-no');
    assert.equal(fs.readFileSync(image, 'utf8'), 'precious\n');
    assert.equal(builds(), 0);

    await runTask(workbench, 'build taken.def');
    await workbench.terminal(/Replace it\? \[y\/N\]\s*$/).waitFor();
    await workbench.typeInTerminal('y');
    await waitFor('the image is replaced', () => fs.readFileSync(image, 'utf8') === 'built\n');
    assert.equal(builds(), 1);
    assert.match(logOf(playground), /build --force taken\.sif taken\.def/);
    await workbench.picture('build-task-yes');
  },
  'an error of the engine stands at the line of the recipe': async (workbench) => {
    await workbench.open('stops.def', 'exit 3');
    await startBuild(workbench);
    await workbench.answerQuestion('Image to build', 'stops.sif');
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    // What the engine said stands in the terminal, not what ran it.
    const told = async () => {
      const rows = await workbench.page.locator('.terminal-wrapper.active .xterm-rows').allInnerTexts();
      return rows
        .join('')
        .replace(/\n/g, '')
        .replace(/\u00a0/g, ' '); // a long line goes on in the next row
    };
    await waitFor('the terminal tells the end', async () => (await told()).includes('exit code: 255'));
    assert.match(await told(), /FATAL: .*exit status 3/);
    assert.doesNotMatch(await told(), /words/);
    await workbench.pictures('build-failed');
    const hover = await workbench.hover('exit 3', 'exit status 3');
    assert.match(await hover.innerText(), /build/);
    await workbench.page.keyboard.press('Escape');
  },
  'an image runs in the terminal': async (workbench, playground) => {
    await workbench.openFolder('images', 'tool-1.4.sif');
    const image = workbench.file('tool-1.4.sif');
    for (const [entry, word] of [
      ['Run Image in Terminal', 'run'],
      ['Open Shell in Image', 'shell'],
      ['Inspect Image in Terminal', 'inspect'],
      ['Test Image in Terminal', 'test'],
    ])
      await workbench.chooseInMenu(image, ['Container Image', entry], () =>
        new RegExp(` ${word} .*tool-1\\.4\\.sif`).test(logOf(playground)),
      );
    await workbench.picture('run');
  },
};

/** "Build Container…" up to its first question, whose defaults are taken. */
async function startBuild(workbench, look) {
  await workbench.command('Containers: Build Container');
  await workbench.question('Build options').waitFor();
  await workbench.quickInput().locator('.monaco-list-row', { hasText: '--sandbox' }).waitFor();
  await look?.();
  await workbench.until(
    () => workbench.page.keyboard.press('Enter'),
    async () => !(await workbench.question('Build options').isVisible()),
  );
}

/** "Tasks: Run Task" up to the start of a task of ours: by its type, or from those that ran before. */
async function runTask(workbench, name) {
  const row = (text) => workbench.quickInput().locator('.monaco-list-row', { hasText: text }).first();
  await workbench.command('Tasks: Run Task');
  await workbench.until(
    async () => {
      if (await row(name).isVisible()) await row(name).click();
      else await row('container-build').click();
    },
    async () => !(await workbench.quickInput().isVisible()),
    { each: 2000 },
  );
}

/** What the engine was called with. */
function logOf(playground) {
  const file = path.join(playground.home, 'engine.log');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}
