// Writes what follows from server/src/settings.ts: `contributes.configuration` and the restricted settings of package.json, the English
// texts of both in package.nls.json, and docs/settings.md.
//   node scripts/manifest.mjs           write
//   node scripts/manifest.mjs --check   fail when something is out of date (CI)
import fs from 'node:fs';
import path from 'node:path';
import { loadSettings } from './load-sources.mjs';

const root = path.resolve(import.meta.dirname, '..');
const prefix = 'containerMetalink.';
const settings = Object.entries(await loadSettings());
const groups = [...new Set(settings.map(([, setting]) => setting.group))];

const manifest = readJson('package.json');
manifest.contributes = { ...manifest.contributes, configuration: groups.map(configurationGroup) };
manifest.capabilities = {
  ...manifest.capabilities,
  untrustedWorkspaces: {
    supported: 'limited',
    description: '%capabilities.untrustedWorkspaces%',
    restrictedConfigurations: settings.filter(([, s]) => s.restricted).map(([name]) => prefix + name),
  },
};

const wanted = { 'package.json': json(manifest), 'package.nls.json': json(texts()), 'docs/settings.md': settingsPage() };
const problems = [...missingTexts(), ...undeclaredCommands()];
for (const [file, content] of Object.entries(wanted)) {
  const place = path.join(root, file);
  if (fs.existsSync(place) && fs.readFileSync(place, 'utf8') === content) continue;
  if (process.argv.includes('--check')) problems.push(`${file} is out of date: run \`node scripts/manifest.mjs\``);
  else fs.writeFileSync(place, content);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function configurationGroup(group, index) {
  const members = settings.filter(([, setting]) => setting.group === group);
  return {
    title: `%settings.group.${groupKey(group)}%`,
    order: index + 1,
    properties: Object.fromEntries(members.map(([name, setting], order) => [prefix + name, property(name, setting, order + 1)])),
  };
}

function property(name, setting, order) {
  return {
    ...schemaOf(setting),
    default: setting.default,
    markdownDescription: `%settings.${name}%`,
    scope: setting.scope ?? 'window',
    order,
    ...(setting.online ? { tags: ['usesOnlineServices'] } : {}),
  };
}

function schemaOf(setting) {
  switch (setting.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return { type: 'string', ...(setting.values ? { enum: setting.values } : {}) };
    case 'number':
      return { type: 'number', ...pick(setting, 'minimum', 'maximum') };
    case 'strings':
      return { type: 'array', items: { type: 'string' } };
    case 'object':
      return { type: 'object', ...setting.schema };
    case 'objects':
      return { type: 'array', items: setting.schema };
    default:
      throw new Error(`unknown type of setting: ${setting.type}`);
  }
}

/** The English texts: those of settings from the table, the others as they are in the file. */
function texts() {
  const others = Object.entries(readJson('package.nls.json')).filter(([key]) => !key.startsWith('settings.'));
  return Object.fromEntries([
    ...others,
    ...groups.map((group) => [`settings.group.${groupKey(group)}`, group]),
    ...settings.map(([name, setting]) => [`settings.${name}`, setting.description]),
  ]);
}

/** Every `%key%` of package.json needs an English text and, in each translation, a translated one; nothing else may be there. */
function missingTexts() {
  const used = new Set([...json(manifest).matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]));
  const files = fs.readdirSync(root).filter((name) => /^package\.nls(\.[a-z-]+)?\.json$/.test(name));
  return files.flatMap((file) => {
    const keys = Object.keys(file === 'package.nls.json' ? texts() : readJson(file));
    return [
      ...[...used].filter((key) => !keys.includes(key)).map((key) => `${file}: no text for ${key}`),
      ...keys.filter((key) => !used.has(key)).map((key) => `${file}: ${key} is used nowhere`),
    ];
  });
}

/** A command in a menu, a key binding or a view must be declared. */
function undeclaredCommands() {
  const declared = new Set((manifest.contributes.commands ?? []).map((command) => command.command));
  const menus = Object.values(manifest.contributes.menus ?? {}).flat();
  const used = [...menus, ...(manifest.contributes.keybindings ?? [])].flatMap((entry) => (entry.command ? [entry.command] : []));
  return [...new Set(used)].filter((id) => id.startsWith(prefix) && !declared.has(id)).map((id) => `package.json: ${id} is not declared`);
}

function settingsPage() {
  const rows = groups.flatMap((group) => [
    `## ${group}`,
    '',
    ...settings.filter(([, setting]) => setting.group === group).flatMap(([name, setting]) => settingLines(name, setting)),
  ]);
  return [
    '# Settings',
    '',
    'Written by `node scripts/manifest.mjs` from `server/src/settings.ts`; change them there. A change takes effect at once.',
    '',
    '*Restricted*: a value from the workspace is ignored until you trust it. *Online*: governs what goes over the network.',
    '',
    ...rows,
  ].join('\n');
}

function settingLines(name, setting) {
  const remarks = [setting.restricted ? 'restricted' : '', setting.online ? 'online' : ''].filter((remark) => remark !== '');
  const facts = [
    `default \`${JSON.stringify(setting.default)}\``,
    ...(setting.values ? [`one of ${setting.values.map((value) => `\`${value}\``).join(', ')}`] : []),
    `scope ${setting.scope ?? 'window'}`,
    ...remarks,
  ];
  return [`### \`${prefix}${name}\``, '', setting.description, '', facts.join(' · '), ''];
}

function groupKey(group) {
  return group.toLowerCase().replace(/[^a-z]+/g, '-');
}

function pick(object, ...names) {
  return Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));
}

function readJson(file) {
  const place = path.join(root, file);
  return fs.existsSync(place) ? JSON.parse(fs.readFileSync(place, 'utf8')) : {};
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
