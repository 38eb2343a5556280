import { shellCheckPage } from '../recipe/shellFindings';

const pages = 'https://github.com/container-metalink/container-metalink/blob/main/docs/rules/';

/** Address of the documentation page of a rule: `docs/rules/parse-unknown-section.md`, `docs/rules/M4-033.md`. */
export function rulePage(code: string): string {
  return shellCheckPage(code) ?? `${pages}${code.replace(/\//g, '-')}.md`;
}
