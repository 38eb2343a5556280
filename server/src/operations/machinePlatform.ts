import os from 'node:os';
import type { Platform } from '../image/summary';

const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
  loong64: 'loong64',
  riscv64: 'riscv64',
  s390x: 's390x',
  arm64: 'arm64',
  arm: 'arm',
};

/** The platform of the containers that this machine runs, in Go's words: always Linux; 32-bit ARM is taken as v7, as the engines do. */
export function machinePlatform(architecture: string = os.arch()): Platform {
  const name = architectures[architecture] ?? architecture;
  return { os: 'linux', architecture: name, ...(name === 'arm' && { variant: 'v7' }) };
}
