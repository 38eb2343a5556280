// The committed images (scripts/make-images.mjs makes them): bytes, digests, keys.
import fs from 'node:fs';
import path from 'node:path';
import type { Content } from './content';
import { contentOf } from './content';

export interface StoredImage {
  readonly name: string;
  readonly content: Content;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly md5: string;
  /** Go's name: `amd64`. */
  readonly architecture: string;
  /** Fingerprint of the signing key; absent where the image is not signed. */
  readonly signer?: string;
}

export interface StoredImages {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** The image of that name; throws when there is none. */
  image(name: string): StoredImage;
  /** A small text file of the folder: `jane.asc`, `farm.asc`, `tool-1.4.sif.asc`. */
  text(name: string): string;
  readonly names: readonly string[];
}

/** Reads the images. `root`: the project's folder; without it, looked for upwards from here and from the working directory. */
export function loadImages(root = projectRoot()): StoredImages {
  const folder = path.join(root, 'test/hub/images');
  const facts = JSON.parse(fs.readFileSync(path.join(folder, 'images.json'), 'utf8')) as Record<
    string,
    Omit<StoredImage, 'name' | 'content'>
  >;
  const images = new Map(
    Object.entries(facts).map(([name, fact]) => [name, { name, content: contentOf(fs.readFileSync(path.join(folder, name))), ...fact }]),
  );
  return {
    folder,
    names: [...images.keys()],
    image(name) {
      const image = images.get(name);
      if (image === undefined) throw new Error(`test/hub/images has no ${name}`);
      return image;
    },
    text: (name) => fs.readFileSync(path.join(folder, name), 'utf8'),
  };
}

/** The project's folder: the nearest one upwards, from `near`, this file or the working directory, that holds the images. A bundle may stand elsewhere. */
export function projectRoot(near?: string): string {
  for (const start of [near, import.meta.dirname as string | undefined, process.cwd()])
    for (let folder = start; folder !== undefined; folder = path.dirname(folder) === folder ? undefined : path.dirname(folder))
      if (fs.existsSync(path.join(folder, 'test/hub/images/images.json'))) return folder;
  throw new Error('The images of the embedded hub (test/hub/images) are not above this file or the working directory.');
}
