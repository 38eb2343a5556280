// A place to use the extension in, apart from the person's own files: a folder with a sample workspace, a home, caches, a VS Code
// profile, and the embedded hub that serves what the workspace names.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadHub } from './hub.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Sets it all up. `misbehave`: the sample's mirrors are damaged, stalling and slow as the sample says. */
export async function createPlayground({ misbehave = true, settings = {} } = {}) {
  // A short path: VS Code makes sockets below it.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cm-'));
  const places = { folder, workspace: path.join(folder, 'samples'), home: path.join(folder, 'home') };
  for (const place of Object.values(places)) fs.mkdirSync(place, { recursive: true });
  const { startHub, misbehaveAsSampled, writeSampleWorkspace } = await loadHub();
  const hub = await startHub({ root });
  if (misbehave) misbehaveAsSampled(hub);
  writeSampleWorkspace(places.workspace, hub);
  copyImages(places.workspace);
  const profile = {
    userDataDir: path.join(folder, 'u'),
    extensionsDir: path.join(folder, 'e'),
    settings: { 'containerMetalink.verify.keyServers': [hub.origin], ...settings },
    env: {
      HOME: places.home,
      APPTAINER_CACHEDIR: path.join(folder, 'apptainer'),
      SINGULARITY_CACHEDIR: path.join(folder, 'singularity'),
    },
  };
  const close = async () => {
    await hub.close();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  return { ...places, hub, profile, close };
}

/** Local images to verify, open and describe; one of them damaged. */
function copyImages(workspace) {
  const source = path.join(root, 'test/hub/images');
  const target = path.join(workspace, 'images');
  fs.mkdirSync(target);
  for (const name of ['tool-1.4.sif', 'tool-1.3.sif']) fs.copyFileSync(path.join(source, name), path.join(target, name));
  const damaged = fs.readFileSync(path.join(source, 'tool-1.4.sif'));
  const place = damaged.length - 2000;
  damaged[place] ^= 0xff;
  fs.writeFileSync(path.join(target, 'damaged.sif'), damaged);
}
