// Writes docs/rules/README.md, the index of all rules, and the recipe rules in the schema of the workspace file, from the rule tables of
// the server.
//   node scripts/rule-index.mjs           write
//   node scripts/rule-index.mjs --check   fail when it is out of date, a rule has no page, or a page no rule (called by links.mjs)
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import * as prettier from 'prettier';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'docs', 'rules');
const index = path.join(folder, 'README.md');
const schemaFile = path.join(root, 'schemas', 'container-metalink.schema.json');

/** Findings that come from elsewhere than the text; they stand in no rule table. Severity and title as on their pages. */
const others = [
  ['online/not-found', 'warning', 'The hub does not know the image'],
  ['online/tag-gone', 'warning', 'The repository is there, the tag is not'],
  ['online/no-platform', 'warning', 'The image is not there for this machine'],
  ['online/digest-changed', 'information', 'The tag names another image than the pinned digest'],
  ['online/newer-tag', 'hint', 'There is a newer version'],
  ['online/shub-archive', 'information', 'The image is in the archive of Singularity Hub'],
  ['online/not-asked', 'information', 'The hub could not be asked'],
  ['mirrors/bad', 'warning', 'A mirror does not give the declared file'],
  ['mirrors/good', 'information', 'A mirror gives the declared file, as far as it tells'],
  ['verify/failed', 'error', 'Verification failed'],
  ['verify/intact', 'information', 'The image is intact'],
  ['verify/signed', 'information', 'The image is intact and signed by a trusted key'],
  ['verify/unverified', 'information', 'Nothing could verify the image'],
].map(([id, severity, title]) => ({ id, severity, title, page: `${id.replace('/', '-')}.md` }));

const groups = [
  ['Recipes: what the parser refuses', 'The engine stops before it builds anything.', (id) => id.startsWith('parse/')],
  ['Recipes: what a build stops at', 'The file is read, and the build stops later.', (id) => id.startsWith('build/')],
  ['Recipes: advice', 'Also what the engines do without a word.', (id) => id.startsWith('lint/')],
  ['Metalink 4', 'Numbered as the rules of RFC 5854.', (id) => id.startsWith('M4-')],
  ['Metalink 3', 'Metalink 3 is read and can be converted.', (id) => id.startsWith('M3-')],
  [
    'From hubs, mirrors and verification',
    'Only when you asked for them, by a command or by `containerMetalink.online.findings`. `containerMetalink.rules` does not change them.',
    (id) => /^(online|mirrors|verify)\//.test(id),
  ],
];

const { recipeRules, metalinkRules } = await loadRules();
const rules = [...recipeRules, ...metalinkRules, ...others];
const wanted = indexPage(rules);
const schemaText = fs.readFileSync(schemaFile, 'utf8');
const wantedSchema = await workspaceSchema(JSON.parse(schemaText));
if (process.argv.includes('--check')) {
  const problems = [...problemsOf(rules)];
  if (!fs.existsSync(index) || fs.readFileSync(index, 'utf8') !== wanted)
    problems.push('docs/rules/README.md is out of date: run `node scripts/rule-index.mjs`');
  if (schemaText !== wantedSchema)
    problems.push('schemas/container-metalink.schema.json is out of date: run `node scripts/rule-index.mjs`');
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  fs.writeFileSync(index, wanted);
  fs.writeFileSync(schemaFile, wantedSchema);
}

/** The schema of `.container-metalink.json` with a property for each rule of recipes. */
async function workspaceSchema(schema) {
  schema.properties.rules.properties = Object.fromEntries(
    recipeRules.map(({ id, severity, title }) => [id, { description: `${title} (default: ${severity}).`, $ref: '#/definitions/severity' }]),
  );
  return prettier.format(JSON.stringify(schema, null, 2), { ...(await prettier.resolveConfig(schemaFile)), filepath: schemaFile });
}

function indexPage(all) {
  return `${[
    '# Rules',
    '',
    'Written by `node scripts/rule-index.mjs` from the rule tables of the server; change them there.',
    '',
    `${all.length} rules. The setting [\`containerMetalink.rules\`](../settings.md#containermetalinkrules) and a folder's`,
    '`.container-metalink.json` change severities: `off`, `hint`, `information`, `warning`, `error`. A finding of ShellCheck has the code',
    '`shellcheck/SC…` and leads to the page of ShellCheck. What a downloader keeps of RFC 5854 without a finding is on',
    '[its own page](metalink-processing.md).',
    ...groups.flatMap(([title, sentence, belongs]) => [
      '',
      `## ${title}`,
      '',
      sentence,
      '',
      '| rule | severity | finds |',
      '| --- | --- | --- |',
      ...all
        .filter(({ id }) => belongs(id))
        .map(({ id, severity, title: what, page }) => `| [\`${id}\`](${page}) | ${severity} | ${what.replaceAll('|', '\\|')} |`),
    ]),
  ].join('\n')}\n`;
}

function problemsOf(all) {
  const pages = new Set([...all.map(({ page }) => page), 'README.md', 'metalink-processing.md']);
  const there = fs.readdirSync(folder);
  return [
    ...all.filter(({ page }) => !there.includes(page)).map(({ id, page }) => `${id} has no page docs/rules/${page}`),
    ...there.filter((name) => !pages.has(name)).map((name) => `docs/rules/${name} is the page of no rule`),
    ...all.filter(({ id }, at) => all.findIndex((rule) => rule.id === id) < at).map(({ id }) => `${id} is listed twice`),
    ...others
      .filter((rule) => there.includes(rule.page) && !saysWhatItIs(rule))
      .map(({ page }) => `docs/rules/${page} has another title or severity`),
    ...otherCodes()
      .filter((code) => !all.some(({ id }) => id === code))
      .map((code) => `${code} is found in the code and not listed in scripts/rule-index.mjs`),
    ...all.filter(({ id }) => !groups.some(([, , belongs]) => belongs(id))).map(({ id }) => `${id} is in no group of the index`),
  ];
}

/** The page of a rule that is in no rule table begins with its title, id and severity. */
function saysWhatItIs({ id, severity, title, page }) {
  return fs.readFileSync(path.join(folder, page), 'utf8').startsWith(`# ${title}\n\n\`${id}\` · ${severity}\n`);
}

/** Codes of findings that stand in the code instead of a rule table. */
function otherCodes() {
  const base = path.join(root, 'server', 'src');
  const files = fs.readdirSync(base, { recursive: true }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => fs.readFileSync(path.join(base, name), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/(?<=')(?:online|mirrors)\/[a-z-]+(?=')/g) ?? []))];
}

/** Node 20 does not read TypeScript, so esbuild translates the tables first. */
async function loadRules() {
  const built = await esbuild.build({
    stdin: {
      contents: `export { recipeRules } from './recipe/rules'; export { metalinkRules } from './metalink/rules';`,
      resolveDir: path.join(root, 'server/src'),
      loader: 'ts',
    },
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  const code = Buffer.from(built.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
