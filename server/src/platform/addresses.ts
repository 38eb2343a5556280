import dns from 'node:dns';
import net from 'node:net';

const loopback = new net.BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** RFC 1918, RFC 4193, link-local, unspecified, carrier-grade NAT, and the metadata services that live there. */
const inner = new net.BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['0.0.0.0', 8],
] as const) {
  inner.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::', 128],
] as const) {
  inner.addSubnet(network, prefix, 'ipv6');
}

/** The name in a host with or without port, in lower case, brackets of an IPv6 address taken off: `[::1]:5000` → `::1`. */
export function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1];
  const name = bracketed ?? (net.isIPv6(host) ? host : host.replace(/:\d+$/, ''));
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a host, by its name alone, is this machine. */
export function isLoopbackHost(host: string): boolean {
  const name = hostName(host);
  return name === 'localhost' || name.endsWith('.localhost') || isIn(loopback, name);
}

/** Whether a host, by its name alone, is this machine or a private address. Names are not looked up. */
export function isPrivateHost(host: string): boolean {
  return isLoopbackHost(host) || isIn(inner, hostName(host));
}

/** Whether an IP address is not one of the public Internet. */
export function isPrivateAddress(address: string): boolean {
  return isIn(loopback, address) || isIn(inner, address);
}

function isIn(list: net.BlockList, address: string): boolean {
  const mapped = /^::ffff:(?:0:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? mappedInHex(address) ?? address;
  const version = net.isIP(plain);
  return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

/** `::ffff:7f00:1` is 127.0.0.1 as well: the form that `URL` makes of it. */
function mappedInHex(address: string): string | undefined {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!match) return undefined;
  const high = parseInt(match[1] ?? '', 16);
  const low = parseInt(match[2] ?? '', 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** Whether a host ends at a private address; looks its name up. A name that is not found counts as public: it leads nowhere. */
export async function leadsToPrivate(host: string): Promise<boolean> {
  if (isPrivateHost(host)) return true;
  if (net.isIP(hostName(host)) !== 0) return false;
  try {
    const found = await dns.promises.lookup(hostName(host), { all: true });
    return found.some(({ address }) => isPrivateAddress(address));
  } catch {
    // The request itself reports what is wrong with the name.
    return false;
  }
}

/** The code of the error that `publicLookup` gives for a private address. */
export const privateAddressCode = 'EPRIVATEADDRESS';

/** `dns.lookup` that fails for names of private addresses: for connections that a public host redirected to. */
export const publicLookup: net.LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) {
      callback(error, []);
      return;
    }
    const addresses = found.filter(({ address }) => !isPrivateAddress(address));
    const [first] = addresses;
    if (!first) {
      callback(Object.assign(new Error(`${hostname} leads to a private address`), { code: privateAddressCode }), []);
    } else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
