import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The special-purpose addresses of IANA's registries (RFC 6890), multicast, and those that carry an IPv4 address in IPv6. */
const networks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const inside = new BlockList();
for (const network of networks) {
  const [address = '', bits] = network.split('/');
  inside.addSubnet(address, Number(bits), familyOf(address));
}

/** An InsideAddress is one that the service may not be made to call. */
export class InsideAddress extends Error {}

/** Tells whether an address is of a network that is not the public one. */
export function isInside(address: string): boolean {
  return inside.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Tells whether the host of a URL is an address that is inside; a name is judged when it is connected to. */
export function namesInside({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 && isInside(host);
}

/** Resolves names for `net.connect`, which then connects to these very addresses, and refuses a name that leads inside. */
export const lookupOutside: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return callback(error ?? new Error('no address'), '');
    if (addresses.some(({ address }) => isInside(address)))
      return callback(new InsideAddress(`${hostname} leads inside`), '');
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
