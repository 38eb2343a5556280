// Fails when files import one another in a circle, types included: a circle has no top, so none of its files can be read or moved alone.
//   node scripts/circles.mjs
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const files = ['client/src', 'server/src', 'scripts', 'test'].flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !name.endsWith('.d.ts') && !name.includes('fixtures'))
    .map((name) => path.join(root, folder, name)),
);
const known = new Set(files);
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const circles = findCircles(imports);
for (const circle of circles) console.error(`import circle: ${circle.map((file) => path.relative(root, file)).join(', ')}`);
console.log(`${files.length} files, ${circles.length} import circles`);
process.exitCode = circles.length === 0 ? 0 : 1;

/** Files of ours that a file imports: by `import`, `export … from` and `import()`. */
function importsOf(file) {
  const text = fs.readFileSync(file, 'utf8');
  const named = [...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?from '(\.[^']+)'|^\s*import '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm)];
  return named.flatMap(([, from, bare, called]) => {
    const place = path.resolve(path.dirname(file), from ?? bare ?? called);
    return [place, `${place}.ts`, path.join(place, 'index.ts')].filter((candidate) => known.has(candidate));
  });
}

/** Groups of files that reach one another (Tarjan's strongly connected components with more than one member). */
function findCircles(graph) {
  const order = new Map();
  const lowest = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    order.set(node, order.size);
    lowest.set(node, order.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node), lowest.get(next)));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group.reverse());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
