// Architecture codes of the SIF header and of partitions: two digits and NUL (sif pkg/sif/arch.go).

const architectures: Readonly<Record<string, string>> = {
  '01': '386',
  '02': 'amd64',
  '03': 'arm',
  '04': 'arm64',
  '05': 'ppc64',
  '06': 'ppc64le',
  '07': 'mips',
  '08': 'mipsle',
  '09': 'mips64',
  '10': 'mips64le',
  '11': 's390x',
  '12': 'riscv64',
  '13': 'loong64',
};

/** Go's name of an architecture code of three bytes; `unknown` for any other code. */
export function architectureName(code: Uint8Array): string {
  if (code.length !== 3 || code[2] !== 0) return 'unknown';
  return architectures[String.fromCharCode(code[0] ?? 0, code[1] ?? 0)] ?? 'unknown';
}
