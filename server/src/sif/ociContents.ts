import { t } from '../text/l10n';
import { dataType } from './descriptor';
import { ImageFormatError } from './formatError';
import { asArray, asObject, asText, asTexts, parseObject } from './jsonFields';
import { readObject } from './sifImage';
import type { SifImage } from './sifImage';

/** The parts of an OCI image configuration that people ask for (OCI image spec, config.md). */
export interface OciConfig {
  readonly architecture?: string;
  readonly os?: string;
  /** RFC 3339. */
  readonly created?: string;
  readonly author?: string;
  readonly user?: string;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Longest index, manifest or configuration that is read. */
const maximumDocument = 4 << 20;

/** Reads an OCI image configuration; `config` may also stand alone, as the engines keep it of a Docker base. Undefined when it is no JSON object. */
export function readOciConfig(text: string): OciConfig | undefined {
  const root = parseObject(text);
  if (!root) return undefined;
  const config = asObject(root.config) ?? root;
  return {
    ...field('architecture', asText(root.architecture)),
    ...field('os', asText(root.os)),
    ...field('created', asText(root.created)?.replace(/^0001-01-01T00:00:00Z$/, '') || undefined), // Go's zero time is no date
    ...field('author', asText(root.author)),
    ...field('user', asText(config.User)),
    environment: texts(config.Env),
    entrypoint: texts(config.Entrypoint),
    command: texts(config.Cmd),
    labels: asTexts(config.Labels),
  };
}

/** Indexes in indexes that are followed. */
const maximumDepth = 4;

/** The first image of an OCI-SIF, and how many its index names. */
export interface OciSifContents {
  readonly config: OciConfig | undefined;
  readonly images: number;
}

/** The image configuration of an OCI-SIF: root index → manifest → configuration, each found by its digest among the blobs. */
export async function readOciSif(sif: SifImage, signal?: AbortSignal): Promise<OciSifContents | undefined> {
  const index = sif.descriptors.find((descriptor) => descriptor.dataType === dataType.ociRootIndex);
  if (!index) return undefined;
  let manifest = parseObject(Buffer.from(await readObject(sif, index, maximumDocument, signal)).toString('utf8'));
  let images = 0;
  for (let depth = 0; Array.isArray(manifest?.manifests) && depth < maximumDepth; depth++) {
    const listed = asArray(manifest.manifests);
    if (listed.length === 0) throw new ImageFormatError(t('The index of the OCI-SIF names no image.'));
    images = Math.max(images, listed.length);
    manifest = parseObject((await blob(sif, asText(asObject(listed[0])?.digest), signal)) ?? '');
  }
  if (!manifest) throw new ImageFormatError(t('The OCI-SIF has no manifest that its index names.'));
  const config = await blob(sif, asText(asObject(manifest.config)?.digest), signal);
  if (config === undefined) throw new ImageFormatError(t('The OCI-SIF has no image configuration that its manifest names.'));
  return { config: readOciConfig(config), images };
}

async function blob(sif: SifImage, digest: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
  if (digest === undefined) return undefined;
  const found = sif.descriptors.find(
    ({ dataType: type, detail }) => type === dataType.ociBlob && detail.kind === 'oci' && detail.digest === digest,
  );
  return found && Buffer.from(await readObject(sif, found, maximumDocument, signal)).toString('utf8');
}

function texts(value: unknown): readonly string[] {
  return asArray(value).filter((member): member is string => typeof member === 'string');
}

function field<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>); // the one member K, which TypeScript widens to string
}
