import type { AppContents, Metadata } from './imageContents';
import { joinEnvironment } from './inspectMetadata';
import { asTexts, parseObject } from './jsonFields';
import type { RootFileSystem } from './rootFileSystem';

/** A text in a root file system that is longer is not shown. */
const maximumText = 1 << 20;
const maximumApps = 200;

/** Reads what `inspect` prints from the files of a root file system (apptainer cmd/internal/cli/inspect.go). */
export async function readRootFileSystem(root: RootFileSystem): Promise<Metadata> {
  const folder = '/.singularity.d';
  const recipe = await readText(root, `${folder}/Singularity`);
  const scripts = await readScripts(root, folder, 'env');
  if (scripts.runscript === undefined) {
    const old = await readText(root, '/singularity'); // before 2.3
    if (old !== undefined) scripts.runscript = old;
  }
  const apps: AppContents[] = [];
  for (const name of (await root.list('/scif/apps')).slice(0, maximumApps)) {
    const at = `/scif/apps/${name}/scif`;
    apps.push({ name, labels: await readLabels(root, at), scripts: await readScripts(root, at, 'env') });
  }
  return { labels: await readLabels(root, folder), ...(recipe === undefined ? {} : { recipe }), scripts, apps };
}

async function readLabels(root: RootFileSystem, folder: string): Promise<Readonly<Record<string, string>>> {
  const text = await readText(root, `${folder}/labels.json`);
  return text === undefined ? {} : asTexts(parseObject(text));
}

async function readScripts(root: RootFileSystem, folder: string, environmentFolder: string): Promise<Record<string, string>> {
  const scripts: Record<string, string> = {};
  const files = { runscript: 'runscript', startscript: 'startscript', test: 'test', help: 'runscript.help' };
  for (const [name, file] of Object.entries(files)) {
    const text = await readText(root, `${folder}/${file}`);
    if (text !== undefined) scripts[name] = text;
  }
  const environment: Record<string, string> = {};
  for (const name of await root.list(`${folder}/${environmentFolder}`)) {
    // What the image adds: the base's and the recipe's variables; the rest is the engine's own.
    if (!/^(?:10-docker.*|9\d-environment)\.sh$/.test(name)) continue;
    const path = `${folder}/${environmentFolder}/${name}`;
    const text = await readText(root, path);
    if (text !== undefined) environment[path] = text;
  }
  const joined = joinEnvironment(environment);
  if (joined !== undefined) scripts.environment = joined;
  return scripts;
}

async function readText(root: RootFileSystem, path: string): Promise<string | undefined> {
  const bytes = await root.readFile(path, maximumText);
  const text = bytes && Buffer.from(bytes).toString('utf8');
  return text === undefined || text.trim() === '' ? undefined : text;
}
