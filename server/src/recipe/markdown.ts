/** A text as Markdown code, whatever it holds: on one line, at most 300 characters of it. */
export function inCode(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  const space = fence.length > 1 ? ' ' : '';
  return `${fence}${space}${text.replace(/\s+/g, ' ').slice(0, 300)}${space}${fence}`;
}

/** A text as Markdown that shows just that text. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|-]/g, '\\$&');
}
