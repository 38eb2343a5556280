// Differences to the judges that are meant; docs/metalink-judges.md says why. A function returns the name of the exception, or undefined.

/** Rules that a RELAX NG schema cannot say: unique names, unique types, numbers of hashes. */
const notSayable = new Set(['M4-032', 'M4-064', 'M4-065']);
/** Markup that section 5 tells processors to pass over, and that a closed grammar refuses: warnings here. */
const foreignMarkup = ['M4-012', 'M4-119', 'M4-131', 'M4-132'];

/** `answer` is what jing said, empty where it accepts. */
export function jingException({ errors, warnings, text }, answer) {
  if (answer === '') {
    if (errors.every((code) => notSayable.has(code))) return 'cannot be said in RELAX NG';
    if (errors.includes('M4-034') && errors.every((code) => code === 'M4-033' || code === 'M4-034')) return 'empty part of a path';
    if (isEmptyPartOfMetaurl(errors, text)) return 'empty part of a path';
    return undefined;
  }
  if (/^(?:attribute|element) "/.test(answer) && foreignMarkup.some((code) => warnings.includes(code)))
    return 'unknown markup is a warning';
  if (warnings.includes('M4-004')) return 'reads what a DOCTYPE declares';
  if (isOtherVersion(text) && answer.startsWith('XML version')) return 'reads no document that calls itself XML 1.1 or later';
  return undefined;
}

/** The rules of a path have one id on a `metaurl`: only the document shows that an empty part is what is wrong. */
function isEmptyPartOfMetaurl(errors, text) {
  return errors.join() === 'M4-118' && /<(?:\w+:)?metaurl[^>]* name\s*=\s*(?:"[^"]*\/\/|'[^']*\/\/)/.test(text);
}

/** `<?xml version="1.5"?>`: since its fifth edition XML 1.0 lets processors of 1.0 read it. */
function isOtherVersion(text) {
  return /^\uFEFF?<\?xml\s+version\s*=\s*["']1\.(?!0["'])/.test(text);
}

/** What aria2 1.36 does not look at, or reads its own way. */
const unchecked = new Map(
  Object.entries({
    'structure and counts': 'M4-020 M4-021 M4-022 M4-023 M4-024 M4-028 M4-029 M4-040 M4-045 M4-062 M4-090',
    'values that it does not use': 'M4-009 M4-092 M4-094 M4-095 M4-096 M4-097 M4-099 M4-100 M4-101 M4-120 M4-121 M4-122',
    'digests of any length, and text around them': 'M4-068 M4-080 M4-081 M4-082 M4-088 M4-089',
    'piece lists that do not fit': 'M4-061 M4-064 M4-065 M4-066',
    'names twice, and paths that only other systems take amiss': 'M4-032 M4-034 M4-035',
    'relative and odd URLs, and white space around values': 'M4-006 M4-112 M4-114 M4-116',
  }).flatMap(([reason, codes]) => codes.split(' ').map((code) => [code, reason])),
);

/** Refusals of aria2 1.36 that the RFC does not ask for, by the finding that shows what it is about. */
const stricter = {
  'M4-130': 'refuses foreign elements under the root (mended in 1.37)',
  'M4-104': 'cannot count beyond 2^63',
  'M4-004': 'refuses a DOCTYPE with entities',
  'M4-069': 'cannot count beyond 2^63',
};

/** `answer` is empty where aria2 accepts. */
export function ariaException({ errors, warnings, text }, answer) {
  if (answer !== '') {
    const finding = Object.keys(stricter).find((code) => warnings.includes(code));
    return finding === undefined ? undefined : stricter[finding];
  }
  if (errors.join() === 'M4-001' && !isKnownEncoding(/^<\?xml[^>]* encoding=["']([^"']*)/.exec(text)?.[1] ?? 'UTF-8'))
    return 'reads on where it does not know the encoding';
  // A name that is unsafe only on other systems is M4-033 with M4-034 or M4-035 beside it.
  const own = errors.filter((code) => code !== 'M4-033' || !(errors.includes('M4-034') || errors.includes('M4-035')));
  if (isEmptyPartOfMetaurl(own, text)) return `does not check: ${unchecked.get('M4-034')}`;
  const reasons = own.map((code) => unchecked.get(code));
  return reasons.includes(undefined) ? undefined : `does not check: ${reasons[0]}`;
}

function isKnownEncoding(name) {
  try {
    return new TextDecoder(name) !== undefined;
  } catch {
    return false;
  }
}
