import { describeSif, excess, structureProblems, trailingBytes } from '../sif/structure';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import type { WeighedCheck } from './compare';
import type { OpenedImage } from './openedImage';

/** What the layout of the file tells: broken images fail; other files are no evidence. */
export function structureChecks({ image, problem }: OpenedImage, name: string): WeighedCheck[] {
  if (!image) {
    // Something that claims to be a SIF and is refused by the engines; any other file may be whatever a metalink lists.
    const claims = /\.sif$/i.test(name) || problem?.reference !== undefined;
    return [structure(claims ? 'fail' : 'skip', problem?.message ?? '', problem?.reference)];
  }
  if (!('sif' in image)) return [structure('pass', formatName(image.format))];
  const problems = structureProblems(image.sif);
  const tooMuch = excess(image.sif);
  const broken = problems.filter(({ severity }) => severity === 'broken').map(({ message }) => message);
  if (tooMuch !== undefined) broken.push(t('{0} Signatures were not verified.', tooMuch));
  const checks = broken.length > 0 ? broken.map((message) => structure('fail', message)) : [structure('pass', describeSif(image.sif))];
  const trailing = trailingBytes(image.sif);
  const odd = problems.filter(({ severity }) => severity === 'odd').map(({ message }) => message);
  if (trailing > 0)
    odd.push(t('{0} bytes follow the last object; no engine reads them, and no signature covers them.', groupedNumber(trailing)));
  return [...checks, ...odd.map((message) => structure('skip', message))];
}

function structure(status: 'pass' | 'fail' | 'skip', message: string, reference?: string): WeighedCheck {
  return { check: { name: 'structure', status, ...(reference === undefined ? {} : { actual: reference }), message }, weight: 'none' };
}

function formatName(format: string): string {
  if (format === 'squashfs') return t('a squashfs image of Singularity 2, which carries no signature');
  return format === 'ext3' ? t('an ext3 image of Singularity 2, which carries no signature') : format;
}
