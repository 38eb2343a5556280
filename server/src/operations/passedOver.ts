/**
 * Whether one of the globs of a workspace file's `ignore` fits a file: `*` within a folder, `**` over folders, `?` one character. A glob
 * fits from any folder on, so `old/**` is every folder `old`. Node 20 has no matcher of its own.
 *
 * @param file a path; both kinds of slashes separate folders
 */
export function isPassedOver(file: string, globs: readonly string[]): boolean {
  if (globs.length === 0) return false;
  const name = file.replaceAll('\\', '/');
  return globs.some((glob) => patternOf(glob).test(name));
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    // Several `**` in a row are one: each more would take the time by another power.
    .replace(/(?:\*\*\/?)+|\*|\?/g, (wild) => (wild === '?' ? '[^/]' : wild === '*' ? '[^/]*' : '.*'));
  return new RegExp(`(^|/)${source}$`);
}
