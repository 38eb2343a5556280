// Verifies one image in a process of its own: node verifyDriver.js IMAGE KEY [SHA-256]
// Prints { verdict, milliseconds, megabytes }; megabytes: the largest resident memory.
import fs from 'node:fs';
import { loadKeys } from '../../server/src/signature/keys';
import type { Expectation } from '../../server/src/verify/expectation';
import { verifyImage } from '../../server/src/verify/verifyImage';

const [image = '', key = '', sha256] = process.argv.slice(2);

async function verify(): Promise<void> {
  const started = performance.now();
  const keys = await loadKeys({ files: [key], trustedFingerprints: [], keyRings: false });
  const expectations: Expectation[] =
    sha256 === undefined ? [] : [{ kind: 'hash', type: 'sha-256', value: sha256, source: 'benchmark', channel: 'user' }];
  const { verdict } = await verifyImage(image, expectations, { keys });
  const milliseconds = performance.now() - started;
  process.stdout.write(JSON.stringify({ verdict, milliseconds, megabytes: largestResident() }));
}

/** Of this program alone: what `getrusage` tells on Linux goes back to the process that started it. */
function largestResident(): number {
  const status = '/proc/self/status';
  const highest = fs.existsSync(status) ? /^VmHWM:\s*(\d+) kB/m.exec(fs.readFileSync(status, 'utf8'))?.[1] : undefined;
  return (highest === undefined ? process.resourceUsage().maxRSS : Number(highest)) / 1024;
}

void verify();
