import { BlockList } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { parseHost } from '@kilat/shared/title/network-target';

/**
 * Where an address lies. `public`: on the Internet. `inside`: this machine, its network, or nowhere a stranger's program
 * has business (loopback, private, link-local with clouds' metadata, reserved). `nobody`: no single host's.
 */
export type AddressReach = 'public' | 'inside' | 'nobody';

/** A list of subnets, `address/bits`. */
function subnets(...all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of all) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

const NOBODY = subnets('0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8');
/** IANA's special-purpose registry of IPv4 (RFC 6890 and its updates). */
const INSIDE_V4 = subnets(
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  // Azure answers each machine there with what only that machine may know (WireServer), though the address is a public one.
  '168.63.129.16/32',
);
/** Of IPv6 only what is given out as global unicast, without documentation, tunnels that hold an IPv4 address, and tests. */
const GLOBAL_V6 = subnets('2000::/3');
const NOT_GLOBAL_V6 = subnets('2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20');
/** IPv6 addresses that mean an IPv4 address: mapped (RFC 4291), and a network's translator (RFC 6052). */
const HOLDS_V4 = subnets('::ffff:0:0/96', '64:ff9b::/96');

/** Where an address lies; `own` are this machine's addresses and those of its neighbours, which may be public ones. */
export function addressReach(address: string, own: BlockList = ownSubnets()): AddressReach {
  const { kind, host } = parseHost(address) ?? { kind: 'name', host: address };
  // A link-local address with its interface, for instance.
  if (kind === 'name') return 'inside';
  if (kind === 'ipv6' && HOLDS_V4.check(host, 'ipv6')) return addressReach(heldIpv4(host), own);
  if (NOBODY.check(host, kind)) return 'nobody';
  if (own.check(host, kind)) return 'inside';
  if (kind === 'ipv4') return INSIDE_V4.check(host, kind) ? 'inside' : 'public';
  return GLOBAL_V6.check(host, kind) && !NOT_GLOBAL_V6.check(host, kind) ? 'public' : 'inside';
}

/** A link's part of an IPv6 address (RFC 4291). An address from DHCPv6 says it stands alone (/128) on a link that has this. */
const LINK_BITS_V6 = 64;

/** This machine's addresses now, each with all of its subnet: whoever is there is reached without passing a router. */
export function ownSubnets(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces()): BlockList {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  return subnets(
    ...all.map(({ address, cidr, family }) => {
      // A mask with holes makes no subnet. The link of ::1 would be the one that all of IPv4 is mapped into.
      const bits = Number(cidr?.split('/')[1] ?? (family === 'IPv6' ? 128 : 32));
      return `${address}/${GLOBAL_V6.check(address, kindOf(family)) ? Math.min(bits, LINK_BITS_V6) : bits}`;
    }),
  );
}

const kindOf = (family: NetworkInterfaceInfo['family']) => (family === 'IPv6' ? 'ipv6' : 'ipv4');

/** The last 32 bits of an address whose other bits are mostly zero, so that its shortest form ends with them. */
function heldIpv4(shortest: string): string {
  const [high, low] = shortest
    .split(':')
    .slice(-2)
    .map((group) => Number.parseInt(group || '0', 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
