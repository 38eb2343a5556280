/** Symbolic links followed on the way to one file. */
const maximumLinks = 20;
/** Names on the way to one file, links included. */
const maximumSegments = 256;

/** A file system as far as paths are concerned. `Node` is what it knows of a folder, file or link. */
export interface PathTree<Node> {
  readonly root: () => Promise<Node>;
  /** The entry of a folder; undefined when there is none, or `folder` is no folder. */
  readonly child: (folder: Node, name: string) => Promise<Node | undefined>;
  /** Where a symbolic link leads; undefined for anything else. */
  readonly target: (node: Node) => Promise<string | undefined>;
}

/** Walks a path from the root; links stay inside the root, as in a container. Undefined when it leads nowhere. */
export async function walkPath<Node>(tree: PathTree<Node>, path: string): Promise<Node | undefined> {
  const root = await tree.root();
  const names = segments(path);
  const folders: Node[] = [root];
  let links = 0;
  for (;;) {
    const name = names.shift();
    const current = folders.at(-1) ?? root;
    if (name === undefined) return current;
    if (name === '..') {
      if (folders.length > 1) folders.pop();
      continue;
    }
    const node = await tree.child(current, name);
    if (node === undefined) return undefined;
    const target = await tree.target(node);
    if (target === undefined) {
      folders.push(node);
      continue;
    }
    if (++links > maximumLinks) return undefined;
    if (target.startsWith('/')) folders.length = 1;
    names.unshift(...segments(target));
    if (names.length > maximumSegments) return undefined;
  }
}

function segments(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
