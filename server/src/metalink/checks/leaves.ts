import { nearest } from '../../text/nearest';
import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import { removeElement, setAttribute } from '../edits';
import { dateFault, repairDate } from '../dates';
import type { DateFault } from '../dates';
import { operatingSystems, signatureTypes } from '../registries';
import {
  integerOf,
  isAgent,
  isIriReference,
  isLanguageTag,
  isMediaType,
  isNonNegativeInteger,
  longestAgent,
  suggestAgent,
  trimSpace,
  unknownSubtag,
} from '../values';
import type { ElementDefinition } from '../vocabulary';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlElement } from '../xml/tree';
import { escapeText } from '../xml/value';
import { suggestLanguage } from './attributes';
import { fixBy, fixWith } from './context';
import type { CheckContext } from './context';
import { checkIri } from './urls';

/** Elements with a value of their own: M4-026, M4-092 … M4-105, M4-120 … M4-122. Hashes, pieces and mirrors are judged with their file. */
export function checkLeaf(context: CheckContext, element: XmlElement, definition: ElementDefinition): void {
  if (definition.name === 'origin') checkOrigin(context, element);
  else if (definition.name === 'signature') checkSignature(context, element);
  else {
    const check = valueChecks[definition.name];
    const value = check === undefined ? undefined : context.valueOf(element);
    if (check !== undefined && value !== undefined) check(context, element, value);
  }
}

type ValueCheck = (context: CheckContext, element: XmlElement, value: string) => void;

const valueChecks: Readonly<Record<string, ValueCheck>> = {
  description: checkFilled,
  identity: checkFilled,
  version: checkFilled,
  generator: checkGenerator,
  language: checkLanguage,
  logo: checkLogo,
  os: checkOperatingSystem,
  size: checkSize,
  published: checkDate,
  updated: checkDate,
};

/** Where to point: at the value, or at the element's name when it is empty. */
function valueRange(element: XmlElement): TextRange {
  const range = contentRange(element);
  return range.start === range.end ? nameRange(element) : range;
}

/** M4-006 for values whose syntax leaves no room for white space. Returns what is left of the value. */
function trimmed(context: CheckContext, element: XmlElement, value: string): string {
  const plain = trimSpace(value);
  if (plain !== value && plain !== '') {
    context.report('M4-006', valueRange(element), t('White space is part of a value. Remove it around `{0}`.', plain), {
      fixes: [fixBy(t('Remove the white space'), contentRange(element), escapeText(plain), { safe: true })],
    });
  }
  return plain;
}

function checkFilled(context: CheckContext, element: XmlElement, value: string): void {
  if (trimSpace(value) !== '') return;
  context.report('M4-026', nameRange(element), t('`{0}` is empty. Fill it in or leave it out.', element.name), {
    fixes: [fixWith(t('Remove `{0}`', element.name), [removeElement(context.document, element)])],
    tags: ['unnecessary'],
  });
}

function checkGenerator(context: CheckContext, element: XmlElement, value: string): void {
  const range = valueRange(element);
  if (!isAgent(value)) {
    const suggestion = suggestAgent(value);
    const message =
      trimSpace(value) === ''
        ? t('`generator` is empty. It names the program that wrote this document, as in `tool/1.0`.')
        : t('`{0}` is no agent: a name, and a version behind `/`, without spaces and brackets, as in `tool/1.0`.', value);
    context.report('M4-092', range, message, {
      fixes:
        suggestion === undefined
          ? []
          : [fixBy(t('Change to `{0}`', suggestion), contentRange(element), escapeText(suggestion), { safe: true })],
    });
    return;
  }
  if (value.length > longestAgent) return;
  const glued = /^([A-Za-z].*?)[-_]v?(\d+(?:\.\d+)+)$/.exec(value);
  if (glued === null) return;
  const agent = `${glued[1] ?? ''}/${glued[2] ?? ''}`;
  context.report('M4-093', range, t('Versions of one program should differ behind the `/` only: `{0}`.', agent), {
    fixes: [fixBy(t('Change to `{0}`', agent), contentRange(element), escapeText(agent))],
  });
}

function checkLanguage(context: CheckContext, element: XmlElement, value: string): void {
  const range = valueRange(element);
  const plain = trimmed(context, element, value);
  if (!isLanguageTag(plain)) {
    const suggestion = suggestLanguage(plain);
    context.report('M4-094', range, t('`{0}` is no language tag. A tag looks like `en` or `pt-BR` (RFC 5646).', plain), {
      fixes: suggestion === undefined ? [] : [fixBy(t('Change to `{0}`', suggestion), contentRange(element), suggestion)],
    });
    return;
  }
  const unknown = unknownSubtag(plain);
  if (unknown === undefined) return;
  const suggestion = suggestLanguage(plain);
  context.report('M4-094', range, t('`{0}` in `{1}` is not registered.', unknown, plain), {
    severity: 'warning',
    fixes: suggestion === undefined ? [] : [fixBy(t('Change to `{0}`', suggestion), contentRange(element), suggestion)],
  });
}

function checkLogo(context: CheckContext, element: XmlElement, value: string): void {
  const plain = trimmed(context, element, value);
  if (plain === '') {
    context.report('M4-095', nameRange(element), t('`logo` is empty. It is the address of a small square image.'), {
      severity: value === '' ? 'hint' : 'error',
    });
  } else if (!isIriReference(plain)) {
    context.report('M4-095', valueRange(element), t('`{0}` is no URL: it holds a character that must be percent-encoded.', plain));
  }
}

function checkOrigin(context: CheckContext, element: XmlElement): void {
  checkIri(context, element, 'M4-096');
  const dynamic = attributeOf(element, 'dynamic');
  if (dynamic === undefined || !dynamic.hasValue || dynamic.unresolved || dynamic.value === 'true' || dynamic.value === 'false') return;
  const meant = { '1': 'true', yes: 'true', true: 'true', '0': 'false', no: 'false', false: 'false' }[
    trimSpace(dynamic.value).toLowerCase()
  ];
  context.report('M4-097', dynamic.valueRange, t('`dynamic` is `true` or `false`, not `{0}`.', dynamic.value), {
    fixes: meant === undefined ? [] : [fixBy(t('Change to `{0}`', meant), dynamic.valueRange, meant, { safe: true })],
  });
}

function checkOperatingSystem(context: CheckContext, element: XmlElement, value: string): void {
  if (operatingSystems.has(value) || context.isFull('M4-098')) return;
  const plain = trimSpace(value);
  const upper = plain.toUpperCase();
  const meant = operatingSystems.has(upper) ? upper : upper.startsWith('LINUX') ? 'LINUX' : nearest(upper, operatingSystems);
  const hint = meant === undefined ? '' : ` ${t('Did you mean `{0}`?', meant)}`;
  context.report('M4-098', valueRange(element), t('`{0}` is not in the registry of operating system names.', plain) + hint, {
    fixes: meant === undefined ? [] : [fixBy(t('Change to `{0}`', meant), contentRange(element), meant)],
  });
}

function checkSignature(context: CheckContext, element: XmlElement): void {
  const mediatype = attributeOf(element, 'mediatype');
  const pgp = context.valueOf(element)?.includes('BEGIN PGP') === true;
  const usual = signatureTypes[0] ?? '';
  if (mediatype === undefined || (mediatype.hasValue && mediatype.value === '')) {
    const fixes = pgp ? [fixWith(t('Set `mediatype="{0}"`', usual), [setAttribute(element, 'mediatype', usual)])] : [];
    context.report('M4-101', mediatype?.nameRange ?? nameRange(element), t('`signature` needs a `mediatype`, such as `{0}`.', usual), {
      fixes,
    });
  } else if (mediatype.hasValue && !mediatype.unresolved && !isMediaType(mediatype.value)) {
    const plain = trimSpace(mediatype.value);
    const meant = /^(?:pgp|gpg|openpgp)$/i.test(plain) || pgp ? usual : isMediaType(plain) ? plain : undefined;
    const rule = isMediaType(plain) ? 'M4-006' : 'M4-101';
    context.report(rule, mediatype.valueRange, t('`{0}` is no media type. An OpenPGP signature is `{1}`.', mediatype.value, usual), {
      fixes: meant === undefined ? [] : [fixBy(t('Change to `{0}`', meant), mediatype.valueRange, meant, { safe: true })],
    });
  }
}

function checkSize(context: CheckContext, element: XmlElement, value: string): void {
  const plain = trimmed(context, element, value);
  if (!isNonNegativeInteger(plain)) {
    const message =
      plain === '' ? t('`size` is empty. It is the length of the file in bytes.') : t('`size` is a number of bytes, not `{0}`.', plain);
    context.report('M4-103', valueRange(element), message);
  } else if ((integerOf(plain) ?? Infinity) > BigInt(Number.MAX_SAFE_INTEGER)) {
    context.report('M4-104', valueRange(element), t('More than 2^53 − 1 bytes: many readers cannot count so far.'));
  }
}

/** M4-120 on the value, M4-121 and M4-122 on the character that is wrong. */
function checkDate(context: CheckContext, element: XmlElement, value: string): void {
  const plain = trimmed(context, element, value);
  const fault = dateFault(plain);
  if (fault === undefined) return;
  const repaired = repairDate(plain);
  const fixes =
    repaired === undefined
      ? []
      : [fixBy(t('Change to `{0}`', repaired), contentRange(element), repaired, { safe: fault.kind.startsWith('lower') })];
  const range = valueRange(element);
  const message =
    fault.kind === 'range'
      ? t('There is no such day or time as `{0}`.', plain)
      : t('`{0}` is no date-time of RFC 3339. Write it like `2026-05-01T12:15:02Z`.', plain);
  context.report('M4-120', range, message, { fixes });
  const raw = value === plain && context.document.text.slice(element.openEnd, element.closeStart) === value;
  const start = element.openEnd + fault.at;
  reportPart(context, fault, raw ? { start, end: start + fault.length } : range, fixes);
}

function reportPart(context: CheckContext, fault: DateFault, range: TextRange, fixes: ReturnType<typeof fixBy>[]): void {
  if (fault.kind === 'lower-t') context.report('M4-121', range, t('The `T` between date and time is upper case.'), { fixes });
  else if (fault.kind === 'lower-z') context.report('M4-122', range, t('The `Z` at the end is upper case.'), { fixes });
  else if (fault.kind === 'zone')
    context.report('M4-122', range, t('A date-time ends with `Z`, or with an offset such as `+01:00`.'), { fixes });
}
