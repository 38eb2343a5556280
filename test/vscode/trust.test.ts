import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { extension, until } from './workspace';

const fingerprint = '12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84';

/** A modal question and the answer to it; the real one waits for a person. */
interface Question {
  readonly message: string;
  readonly detail: string;
  readonly choices: readonly string[];
}

/** Has something else in the place of a function of VS Code's window while `work` runs. */
async function replacing(name: 'showWarningMessage' | 'showInputBox', fake: unknown, work: () => Thenable<unknown>): Promise<void> {
  const real: unknown = Reflect.get(vscode.window, name);
  Object.assign(vscode.window, { [name]: fake });
  try {
    await work();
  } finally {
    Object.assign(vscode.window, { [name]: real });
  }
}

/** Answers the modal questions that come while `work` runs; `undefined` is the Cancel button. */
async function answering(answer: string | undefined, work: () => Thenable<unknown>): Promise<readonly Question[]> {
  const asked: Question[] = [];
  const fake = (message: string, ...rest: readonly unknown[]): Promise<unknown> => {
    const [options, ...choices] = rest as [vscode.MessageOptions, ...string[]];
    asked.push({ message, detail: options.detail ?? '', choices });
    return Promise.resolve(choices.find((choice) => choice === answer));
  };
  await replacing('showWarningMessage', fake, work);
  return asked;
}

const trustedKeys = () => vscode.workspace.getConfiguration('containerMetalink').inspect<readonly string[]>('verify.trustedKeys');
const trust = (answer: string | undefined) =>
  answering(answer, () => vscode.commands.executeCommand('containerMetalink.trustKey', { fingerprint, signer: 'Unit Test' }));

suite('what a report offers next', () => {
  suiteSetup(() => extension().activate());
  suiteTeardown(async () => {
    for (const target of [vscode.ConfigurationTarget.Global, vscode.ConfigurationTarget.Workspace])
      await vscode.workspace.getConfiguration('containerMetalink').update('verify.trustedKeys', undefined, target);
  });

  test('a key is not trusted without the answer to a question that shows its whole fingerprint', async () => {
    const [question, ...others] = await trust(undefined);
    assert.equal(others.length, 0);
    assert.match(question?.message ?? '', /1204 5C8C 0B10 04D0 58DE 4BED A20C 27EE 7FF7 BA84/);
    assert.match(question?.detail ?? '', /Unit Test/);
    assert.deepEqual(question?.choices, ['Trust', 'Trust in This Workspace']);
    assert.equal(trustedKeys()?.globalValue, undefined);
    assert.equal(trustedKeys()?.workspaceValue, undefined);
  });

  test('a key is pinned in this workspace alone, and then for the user', async () => {
    await trust('Trust in This Workspace');
    assert.deepEqual(trustedKeys()?.workspaceValue, [fingerprint]);
    assert.equal(trustedKeys()?.globalValue, undefined);
    await trust('Trust');
    assert.deepEqual(trustedKeys()?.globalValue, [fingerprint]);
    // Of the workspace's own list nothing is lost, and no key stands in it twice.
    assert.deepEqual(trustedKeys()?.workspaceValue, [fingerprint]);
  });

  test('a key is forgotten wherever it stands', async () => {
    await trust('Trust in This Workspace');
    await vscode.commands.executeCommand('containerMetalink.forgetKey', { fingerprint });
    assert.deepEqual(trustedKeys()?.globalValue, []);
    assert.deepEqual(trustedKeys()?.workspaceValue, []);
  });

  test('a short key id is never pinned: the whole fingerprint is asked for, and nothing less is taken', async () => {
    let refused: unknown;
    const fake = async (options: vscode.InputBoxOptions) => {
      refused = await options.validateInput?.('7FF7BA84');
      return undefined;
    };
    const tryIt = () => answering('Trust', () => vscode.commands.executeCommand('containerMetalink.trustKey', { fingerprint: '7FF7BA84' }));
    await replacing('showInputBox', fake, async () => assert.deepEqual(await tryIt(), []));
    assert.match(String(refused), /Short key ids can be forged/);
  });

  test('a damaged entry of a cache is deleted from its report', async () => {
    const cache = process.env.APPTAINER_CACHEDIR;
    assert.ok(cache, 'the starting script names a cache');
    const folder = path.join(cache, 'cache', 'oras');
    fs.mkdirSync(folder, { recursive: true });
    const entry = path.join(folder, `sha256:${createHash('sha256').update('other').digest('hex')}`);
    fs.writeFileSync(entry, 'damaged');
    await vscode.commands.executeCommand('containerMetalink.verify', vscode.Uri.file(entry));
    const report = await until('the report is open', () => {
      const active = vscode.window.activeTextEditor?.document;
      return active?.uri.scheme === 'container-metalink' && active.getText().includes(path.basename(entry)) ? active : undefined;
    });
    const command = await until('the report offers to delete the entry', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', report.uri, 20);
      return lenses.map((lens) => lens.command).find((found) => found?.command === 'containerMetalink.cache.delete');
    });
    const remove = () => vscode.commands.executeCommand(command.command, ...(command.arguments as unknown[]));
    const refused = await answering(undefined, remove);
    assert.equal(refused.length, 1);
    assert.match(refused[0]?.detail ?? '', new RegExp(path.basename(entry)));
    assert.ok(fs.existsSync(entry), 'it stays until the question is answered');
    await answering('Delete', remove);
    assert.ok(!fs.existsSync(entry), 'it is gone');
  });
});
