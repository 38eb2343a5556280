import { labelRuleTable } from '../labels/rules';
import type { Rule, Severity } from '../text/finding';
import { shellRuleTable } from './shellSyntax';

// The one table of the recipe language's rules. `parse/…`: an engine's parser refuses the file; `build/…`: a build stops later;
// `lint/…`: advice, also about what the engines do without a word. Behind the title: how it is mended (Rule.fix). A page each: docs/rules/<id with - for />.md.

const own = {
  'parse/empty-definition': ['error', 'The file holds no stage'],
  'parse/header-without-value': ['error', 'A header line has no colon', 'quick'],
  'parse/unknown-header': ['error', 'A header key that the engine does not know', 'quick'],
  'parse/byte-order-mark': ['error', 'A byte order mark in front of the first key', 'save'],
  'parse/broken-continuation': ['error', 'A comment or blank line in a continued header value crashes the engine'],
  'parse/token-too-long': ['error', 'A header or section is longer than 64 KiB'],
  'parse/section-without-body': ['error', 'The first section of a file without a header is empty'],
  'parse/app-without-name': ['error', 'An app section without the name of its app'],
  'parse/app-section-case': ['error', 'An app section that is not in lower case', 'save'],
  'parse/lone-quote': ['error', 'A line of %files that is only a quote crashes the engine', 'save'],
  'parse/indented-section': ['error', 'A section line that is indented', 'save'],
  'parse/section-name-space': ['error', 'A tab or invisible character at a section’s name', 'save'],
  'parse/section-name-comment': ['error', 'A comment that touches a section’s name', 'save'],
  'parse/unknown-section': ['error', 'A section that the engine does not know', 'quick'],

  'build/no-stages': ['error', 'Nothing to build: SingularityCE reads the file and stops later'],
  'build/no-header': ['error', 'A stage without a header'],
  'build/no-bootstrap': ['error', 'A stage without a bootstrap agent', 'save'],
  'build/unknown-agent': ['error', 'A bootstrap agent that the engine does not know', 'quick'],
  'build/missing-key': ['error', 'A header key that the bootstrap agent needs is missing', 'quick'],
  'build/missing-os-version': ['error', 'A URL needs OSVersion and there is none', 'quick'],
  'build/sle-keys': ['error', 'SUSE Linux Enterprise needs more header keys'],
  'build/fingerprint': ['error', 'A fingerprint that no key can have', 'save'],
  'build/undefined-argument': ['warning', 'A placeholder without a value', 'quick'],
  'build/after-templating': ['error', 'The values of build arguments make a definition that the engine refuses'],
  'build/unused-build-argument': ['error', 'A build argument that nothing uses'],
  'build/unknown-stage': ['error', '%files copies from a stage that does not exist', 'quick'],
  'build/later-stage': ['error', '%files copies from a stage that is built later'],
  'build/shell-missing': ['error', '-c without a shell behind it'],
  'build/empty-app-name': ['error', 'An app section with an empty name', 'save'],
  'build/registry-twice': ['error', 'A registry or namespace that two header keys name', 'save'],

  'build/reference-characters': ['error', 'A character that no image reference can hold', 'quick'],
  'build/reference-cid': ['error', 'A CID that is none'],
  'build/reference-digest': ['error', 'A digest that is none'],
  'build/reference-empty': ['error', 'A part of an image reference is missing'],
  'build/reference-host': ['error', 'A host that is none'],
  'build/reference-name': ['error', 'A name that no hub allows'],
  'build/reference-no-scheme': ['error', 'An image reference without a scheme', 'quick'],
  'build/reference-scheme': ['error', 'A scheme that the engines do not know', 'quick'],
  'build/reference-scheme-in-from': ['error', 'A scheme in From: that Bootstrap: gives', 'save'],
  'build/reference-shub': ['error', 'A Singularity Hub reference with the wrong parts'],
  'build/reference-slashes': ['error', 'Slashes where none can be', 'save'],
  'build/reference-tag': ['error', 'A tag that is none'],
  'build/reference-tag-and-digest': ['warning', 'A tag and a digest together', 'save'],
  'build/reference-uppercase': ['error', 'Capital letters in the name of an image', 'quick'],
  'build/reference-url': ['error', 'A URL that is none'],
  'build/reference-web-page': ['error', 'The address of a web page instead of an image', 'save'],
  'lint/reference-host-typo': ['warning', 'A registry that is probably misspelt', 'quick'],
  'lint/reference-library-hash': ['warning', 'A library hash where it does not work'],
  'lint/reference-library-host': ['warning', 'A library host that is probably a name'],
  'lint/reference-slashes': ['warning', 'Slashes that the engines pass over', 'save'],
  'lint/reference-tags': ['warning', 'Several tags, of which one counts'],
  'lint/reference-userinfo': ['warning', 'A password in a reference', 'quick'],

  'lint/dropped-header': ['warning', 'A header value that goes on behind the end of the header is forgotten', 'save'],
  'lint/duplicate-header': ['warning', 'A header key is there twice; the last one counts', 'save'],
  'lint/cut-value': ['warning', 'A # in the middle of a header value cuts it'],
  'lint/unread-key': ['information', 'A header key that the bootstrap agent does not read', 'quick'],
  'lint/no-placeholder': ['warning', 'Double braces that are no placeholder'],
  'lint/os-version-not-expanded': ['warning', 'A variable in a URL that nothing fills in', 'quick'],
  'lint/localimage-without-from': ['warning', 'localimage without From takes the current folder', 'quick'],
  'lint/deprecated-agent': ['warning', 'A bootstrap agent whose service is gone'],
  'lint/missing-digest': ['hint', 'An image without a digest can change under its tag'],
  'lint/other-url-order': ['warning', 'OtherURL keys are not numbered without a gap'],
  'lint/duplicate-stage': ['warning', 'Two stages of one name; the first one counts'],
  'lint/own-stage': ['warning', '%files copies from its own stage'],
  'lint/ignored-files': ['warning', 'A %files section that the engine passes over', 'save'],
  'lint/files-from-word': ['warning', 'Another word than “from” in front of a stage', 'save'],
  'lint/unused-stage': ['information', 'A stage that nothing is copied from'],
  'lint/lost-section': ['warning', 'A section of an earlier stage is not in the image'],
  'lint/files-quotes': ['warning', 'Quotes that do not quote in %files', 'save'],
  'lint/files-pattern': ['warning', 'A pattern in %files that SingularityCE does not expand'],
  'lint/files-ignored-words': ['warning', 'Words behind the destination are ignored'],
  'lint/files-comment': ['warning', 'A comment behind a source becomes the destination', 'save'],
  'lint/files-empty-source': ['warning', 'A line of %files without a source', 'save'],
  'lint/ignored-arguments': ['information', 'Words behind a section that takes none', 'quick'],
  'lint/repeated-arguments': ['warning', 'A repeated section changes the arguments of all its parts'],
  'lint/script-shell': ['warning', '-c does not choose the shell of this section', 'save'],
  'lint/shebang-not-first': ['warning', 'A #! that is not on the first line', 'save'],
  'lint/shebang-ignored': ['warning', 'A #! in a section that the engine runs with /bin/sh', 'quick'],
  'lint/host-script': ['information', '%pre and %setup need root with SingularityCE'],
  'lint/skipped-argument': ['warning', 'A line of %arguments that the engine skips'],
  'lint/argument-value': ['warning', 'Quotes or a comment become part of an argument’s value', 'save'],
  'lint/duplicate-argument': ['warning', 'An argument is set twice; the last value counts', 'save'],
  'lint/unused-argument': ['information', 'An argument that nothing uses', 'quick'],
  'lint/placeholder-in-comment': ['warning', 'A placeholder that Apptainer takes for part of a comment'],
  'lint/app-name-typo': ['warning', 'An app name that looks like another one misspelt', 'quick'],
  'lint/deprecated-variable': ['hint', 'A SINGULARITY_ variable where Apptainer has its own', 'quick'],
  'lint/foreign-variable': ['warning', 'A variable that SingularityCE does not set', 'save'],
  'lint/rootfs-in-post': ['warning', 'The root folder’s variable is not set in %post', 'save'],
  'lint/install-without-update': ['warning', 'apt-get install without the lists of packages', 'quick'],
  'lint/install-asks': ['warning', 'An installation that waits for an answer', 'save'],
  'lint/bash-command': ['warning', 'A command of bash where dash runs the script', 'save'],
  'lint/sudo': ['warning', 'sudo where there is none', 'save'],
  'lint/apt-lists': ['hint', 'The lists of packages stay in the image', 'quick'],
  'lint/cd-without-effect': ['information', 'A cd at the end of a section has no effect'],
  'lint/export-in-post': ['warning', 'A variable exported in %post is not there when the container runs', 'quick'],
} as const satisfies Readonly<Record<string, readonly [Severity, string, Rule['fix']?]>>;

/** Ids of the rules that the recipe room finds itself; those about labels are in labels/rules.ts. */
export type RecipeRuleId = keyof typeof own;

/** Default severity of one of our rules. */
export function defaultSeverity(id: RecipeRuleId): Severity {
  return own[id][0];
}

/** How a rule's findings are mended; undefined when the author has to. */
export function fixOf(id: RecipeRuleId): Rule['fix'] {
  const row: readonly [Severity, string, Rule['fix']?] = own[id];
  return row[2];
}

/** Every rule of the recipe language, those about labels and shells included. */
export const recipeRules: readonly Rule[] = [
  ...Object.entries<readonly [Severity, string, Rule['fix']?]>(own).map(([id, [severity, title, fix]]) => ({
    id,
    severity,
    title,
    page: `${id.replace('/', '-')}.md`,
    ...(fix && { fix }),
  })),
  ...labelRuleTable,
  ...shellRuleTable,
];
