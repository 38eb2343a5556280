import type { AppContents, Metadata } from './imageContents';
import { asObject, asText, asTexts, parseObject } from './jsonFields';

/** Member of the JSON → name of the recipe's section. */
const scriptNames: Readonly<Record<string, string>> = {
  runscript: 'runscript',
  startscript: 'startscript',
  test: 'test',
  helpfile: 'help',
};

/**
 * Reads the text of `inspect-metadata.json` (apptainer pkg/inspect/inspect.go), or a flat object of labels. Undefined when it is
 * neither.
 */
export function readInspectMetadata(text: string): Metadata | undefined {
  const root = parseObject(text);
  if (!root) return undefined;
  const attributes = asObject(asObject(root.data)?.attributes);
  if (!attributes) return root.data === undefined ? { labels: asTexts(root), scripts: {}, apps: [] } : undefined;
  const recipe = asText(attributes.deffile);
  return {
    labels: asTexts(attributes.labels),
    ...(recipe === undefined ? {} : { recipe }),
    scripts: scripts(attributes),
    apps: Object.entries(asObject(attributes.apps) ?? {}).flatMap(([name, value]) => app(name, asObject(value))),
  };
}

function app(name: string, attributes: Readonly<Record<string, unknown>> | undefined): AppContents[] {
  return attributes ? [{ name, labels: asTexts(attributes.labels), scripts: scripts(attributes) }] : [];
}

function scripts(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [member, name] of Object.entries(scriptNames)) {
    const text = asText(attributes[member]);
    if (text !== undefined) found.push([name, text]);
  }
  const environment = joinEnvironment(asTexts(attributes.environment));
  if (environment !== undefined) found.push(['environment', environment]);
  return Object.fromEntries(found);
}

/** The texts of the environment scripts, each under its path, in the order in which they are run. */
export function joinEnvironment(files: Readonly<Record<string, string>>): string | undefined {
  const parts = Object.entries(files)
    .filter(([, text]) => text.trim() !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => `# ${path}\n${text}`);
  return parts.length === 0 ? undefined : parts.join('\n');
}
