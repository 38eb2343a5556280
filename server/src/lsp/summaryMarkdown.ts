import { formatDigest, shortDigest } from '../image/digest';
import type { ImageSummary, Platform, PlatformImage } from '../image/summary';
import { humanAge, humanBytes } from '../text/human';
import { t } from '../text/l10n';

export interface SummaryOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly thisPlatform: Platform;
  /** Markdown links that run commands, made by the caller where the client allows them. */
  readonly actions?: readonly string[];
  /** `In the Apptainer cache`, when that is known. */
  readonly cached?: string;
}

const labelsShown = 8;
const platformsShown = 12;
const variablesShown = 6;
const signersShown = 4;
const recipeLinesShown = 12;

/** The hover on an image reference: what it stands for, in ten seconds. */
export function summaryMarkdown(summary: ImageSummary, options: SummaryOptions): string {
  const lines = [
    title(summary),
    facts(summary, options),
    ...platformTable(summary, options),
    ...labelLines(summary),
    runs(summary),
    environment(summary),
    signatures(summary),
    recipe(summary),
    ...(summary.notes ?? []).map((n) => `*${escapeMarkdown(n)}*`),
    footer(summary, options),
  ];
  return lines.filter((line): line is string => line !== undefined && line !== '').join('\n\n');
}

function title(summary: ImageSummary): string {
  const kinds: Readonly<Record<ImageSummary['kind'], string>> = {
    'oci-image': t('container image'),
    'oci-index':
      summary.platforms?.length === 1
        ? t('container image, 1 platform')
        : t('container image, {0} platforms', summary.platforms?.length ?? 0),
    sif: t('SIF image'),
    file: t('file'),
    artifact: t('artifact that is no container image'),
  };
  return `**${escapeMarkdown(summary.reference.replace(/^[a-z-]+:\/\//, ''))}** · ${kinds[summary.kind]}`;
}

function facts(summary: ImageSummary, options: SummaryOptions): string {
  const parts: string[] = [];
  if (summary.digest) parts.push(`\`${formatDigest(summary.digest)}\``);
  if (summary.size !== undefined) {
    parts.push(
      summary.kind === 'sif' || summary.kind === 'file'
        ? humanBytes(summary.size)
        : t('{0} compressed for {1}', humanBytes(summary.size), platformText(summary.platform ?? options.thisPlatform)),
    );
  }
  if (summary.kind === 'sif' && summary.platform) parts.push(platformText(summary.platform));
  const created = summary.created === undefined ? NaN : Date.parse(summary.created);
  if (!Number.isNaN(created) && created > 0) parts.push(t('created {0}', humanAge(created, options.now)));
  if (summary.author) parts.push(t('by {0}', escapeMarkdown(summary.author)));
  return parts.join(' · ');
}

function platformTable(summary: ImageSummary, options: SummaryOptions): string[] {
  const platforms = summary.platforms ?? [];
  if (platforms.length === 0) return [];
  const row = (image: PlatformImage): string => {
    const mine = samePlatform(image.platform, options.thisPlatform) ? ` ✓ ${t('this machine')}` : '';
    return `| ${platformText(image.platform)}${mine} | ${image.size === undefined ? '' : humanBytes(image.size)} | \`${shortDigest(image.digest)}\` |`;
  };
  const rows = platforms.slice(0, platformsShown).map(row);
  const more = platforms.length > platformsShown ? [t('… {0} more platforms', platforms.length - platformsShown)] : [];
  return [[`| ${t('platform')} | ${t('size')} | ${t('digest')} |`, '| --- | --- | --- |', ...rows].join('\n'), ...more];
}

function labelLines(summary: ImageSummary): string[] {
  const labels = Object.entries({ ...summary.annotations, ...summary.labels }).sort(([a], [b]) => labelRank(a) - labelRank(b));
  if (labels.length === 0) return [];
  const shown = labels
    .slice(0, labelsShown)
    .map(([key, value]) => `- \`${key.replace(/`/g, "'")}\` ${escapeMarkdown(value.length > 120 ? `${value.slice(0, 119)}…` : value)}`);
  const more = labels.length > labelsShown ? [`- … ${t('{0} more', labels.length - labelsShown)}`] : [];
  return [[`**${t('Labels')}**`, '', ...shown, ...more].join('\n')];
}

/** What says most about an image first: OCI annotations, then the author's own labels, then what builds add by themselves. */
function labelRank(key: string): number {
  if (key.startsWith('org.opencontainers.image.')) return 0;
  return key.startsWith('org.label-schema.') ? 2 : 1;
}

function runs(summary: ImageSummary): string | undefined {
  const words = [...(summary.entrypoint ?? []), ...(summary.command ?? [])];
  if (words.length === 0) return undefined;
  const command = `\`${words.join(' ').replace(/`/g, "'").slice(0, 200)}\``;
  return summary.user ? t('**Runs** {0} as user {1}', command, summary.user) : t('**Runs** {0}', command);
}

function environment({ environment: variables = [] }: ImageSummary): string | undefined {
  // PATH is in every image and says little.
  const own = variables.filter((variable) => !variable.startsWith('PATH='));
  if (own.length === 0) return undefined;
  const shown = own.slice(0, variablesShown).map((variable) => `\`${inCode(shortened(variable, 80))}\``);
  const more = own.length > variablesShown ? [t('{0} more', own.length - variablesShown)] : [];
  return `**${t('Environment')}** ${[...shown, ...more].join(' · ')}`;
}

/** A claim of the hub or the file: nothing is checked for a hover. */
function signatures({ signedBy = [] }: ImageSummary): string | undefined {
  if (signedBy.length === 0) return undefined;
  const signers = signedBy.slice(0, signersShown).map((signer) => `\`${inCode(signer)}\``);
  return t('**Signatures** by {0}, not checked here', signers.join(', '));
}

function recipe({ recipe: text }: ImageSummary): string | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const lines = text.trim().split(/\r?\n/);
  // No line of it may end the block.
  const shown = lines.slice(0, recipeLinesShown).map((line) => shortened(line, 120).replace(/^(\s*)([`~]{3,})/, '$1 # $2'));
  const more = lines.length > recipeLinesShown ? [`# … ${t('{0} more lines', lines.length - recipeLinesShown)}`] : [];
  return [`**${t('Recipe')}**`, '', '`````singularity', ...shown, ...more, '`````'].join('\n');
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function inCode(text: string): string {
  return text.replace(/`/g, "'").replace(/\s+/g, ' ');
}

function footer(summary: ImageSummary, options: SummaryOptions): string {
  const age = options.now - summary.fetchedAt;
  const seen = humanAge(summary.fetchedAt, options.now);
  const parts = [
    options.cached,
    summary.stale === true ? `*${t('offline: last seen {0}', seen)}*` : age >= 60_000 ? `*${t('answer from {0}', seen)}*` : undefined,
    ...(options.actions ?? []),
  ];
  return parts.filter((p) => p !== undefined).join(' · ');
}

function platformText(platform: Platform): string {
  return [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])].join('/');
}

function samePlatform(a: Platform, b: Platform): boolean {
  return (
    a.os === b.os && a.architecture === b.architecture && (a.variant === undefined || b.variant === undefined || a.variant === b.variant)
  );
}

/** Text of a hub or an author as Markdown that shows it as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
