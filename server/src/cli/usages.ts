/** How each command is called, without the program's name. */
export const usages: readonly string[] = [
  'check [--format text|json|sarif] [--engine apptainer|singularity] [--language recipe|metalink] [--build-arg K=V]… PATH…',
  'inspect TARGET [--platform OS/ARCH] [--format text|json]',
  'verify TARGET [--metalink FILE] [--key FILE]… [--fingerprint HEX]… [--legacy] [--offline] [--details] [--format text|json]',
  'pull TARGET [--output FILE | --cache [apptainer|singularity]] [--metalink FILE] [--force] [--format text|json]',
  'metalink create TARGET… [--mirror URL]… [--piece-length auto|BYTES] [--sha512] [--signature FILE] [-o FILE]',
  'metalink convert FILE.metalink [-o FILE.meta4]',
  'metalink resolve FILE.meta4 [--write] [--download]',
  'metalink sort FILE.meta4 [--write]',
  'metalink merge FILE.meta4 FILE.meta4 [-o FILE.meta4]',
  'cache list [--engine apptainer|singularity] [--details] [--format text|json]',
  'cache verify [--engine apptainer|singularity] [--format text|json] [PATH…]',
  'cache clean [--engine apptainer|singularity] [--days N] [--type KIND,…] [--larger-than BYTES] [--leftovers] [--unused] [--outdated] [--orphans] [--damaged] [--duplicates] [--dry-run] [--force] [--format text|json] [PATH…]',
  'lsp --stdio',
  'completion bash|zsh|fish',
];
