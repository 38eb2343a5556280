// An HKP key server (draft-gallagher-openpgp-hkp): the key of Jane Doe and no other. The build farm's and the stranger's are unknown here.
import type { StoredImages } from './images';
import type { Protocol } from './reply';
import { text } from './reply';

export function keyServer(images: StoredImages): Protocol {
  const fingerprint = images.image('tool-1.4.sif').signer ?? '';
  const created = Date.parse('2025-01-15T10:00:00Z') / 1000;
  return (request) => {
    if (request.path !== '/pks/lookup') return undefined;
    const search = request.query.get('search') ?? '';
    const id = /^0x([0-9a-f]+)$/i.exec(search)?.[1]?.toUpperCase();
    // The engines print the key id without leading zeros (%#x), so an id is compared as a number.
    const matches = id === undefined ? 'jane doe <jane@example.org>'.includes(search.toLowerCase()) : names(fingerprint, id);
    if (search === '' || !matches) return text('Not Found\n', 'text/plain', 404);
    switch (request.query.get('op') ?? 'get') {
      case 'get':
        return text(images.text('jane.asc'), 'application/pgp-keys');
      case 'index':
      case 'vindex': {
        const lines = ['info:1:1', `pub:${fingerprint}:22:256:${created}::`, `uid:Jane%20Doe%20<jane@example.org>:${created}::`];
        return text(`${lines.join('\n')}\n`, 'text/plain');
      }
      default:
        return text('Not Implemented\n', 'text/plain', 501);
    }
  };
}

function names(fingerprint: string, id: string): boolean {
  return id.length > 16 ? fingerprint === id : BigInt(`0x${fingerprint.slice(-16)}`) === BigInt(`0x${id}`);
}
