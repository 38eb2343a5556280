import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, extension, manifest, openFile } from './workspace';

suite('Restricted Mode', () => {
  test('the folder is not trusted', () => assert.equal(vscode.workspace.isTrusted, false));

  test('language features work', async () => {
    const document = await openFile('tool.def');
    const found = await diagnosticsOf(document);
    assert.ok(found.some(({ message }) => message.includes('%tests')));
    assert.ok(extension().isActive);
  });

  test('settings that could reach the network or start programs are not taken from the folder', () => {
    const { capabilities, contributes } = manifest();
    const restricted = capabilities.untrustedWorkspaces.restrictedConfigurations;
    const known = contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    for (const name of ['engine.path', 'online.hosts', 'verify.trustedKeys', 'cache.apptainer'])
      assert.ok(restricted.includes(`containerMetalink.${name}`), name);
    for (const name of restricted) assert.ok(known.includes(name), `${name} is no setting`);
    // The workspace's own settings.json asks for both; only the harmless one counts.
    const settings = vscode.workspace.getConfiguration('containerMetalink');
    assert.equal(settings.get('engine.path'), '');
    assert.equal(settings.get('inlayHints.enabled'), true);
  });
});
