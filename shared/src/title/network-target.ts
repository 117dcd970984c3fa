/** One host and port that a title is to reach. `host`: a name, or an address in its shortest form, without brackets. */
export interface NetworkTarget {
  protocol: 'tcp' | 'udp';
  kind: 'name' | 'ipv4' | 'ipv6';
  host: string;
  port: number;
}

export const NETWORK_TARGET_FORM =
  'host:port for TCP or host:port/udp, where host is a name, an IPv4 address, or an IPv6 address in brackets';

const FORM = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):([0-9]{1,5})(\/udp)?$/;
const IPV4 = /^(?:25[0-5]|2[0-4]\d|(?:1\d|[1-9])?\d)(?:\.(?:25[0-5]|2[0-4]\d|(?:1\d|[1-9])?\d)){3}$/;
/** A last label that begins with a digit would be read as a number, and so as an address, by resolvers. */
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** `scores.example.net:443`, `192.0.2.7:7000/udp`, `[2001:db8::7]:443`; undefined when it has another form. */
export function parseNetworkTarget(text: string): NetworkTarget | undefined {
  const [whole, bracketed, bare = '', digits, udp] = FORM.exec(text.toLowerCase()) ?? [];
  const port = Number(digits);
  if (whole === undefined || port < 1 || port > 65_535) return undefined;
  const host = parseHost(bracketed ?? bare);
  if (host === undefined || (host.kind === 'ipv6') !== (bracketed !== undefined)) return undefined;
  return { protocol: udp === undefined ? 'tcp' : 'udp', ...host, port };
}

/** A host name or an address in its shortest form; undefined when it is neither. */
export function parseHost(text: string): Pick<NetworkTarget, 'kind' | 'host'> | undefined {
  if (IPV4.test(text)) return { kind: 'ipv4', host: text };
  if (text.includes(':')) return shortestIpv6(text);
  return text.length <= 253 && NAME.test(text) ? { kind: 'name', host: text } : undefined;
}

/** As a manifest writes it. */
export function networkTargetText({ protocol, kind, host, port }: NetworkTarget): string {
  return `${kind === 'ipv6' ? `[${host}]` : host}:${port}${protocol === 'udp' ? '/udp' : ''}`;
}

/** The one form that compares equal (RFC 5952); undefined when it is no address, or one with its interface. */
function shortestIpv6(text: string): Pick<NetworkTarget, 'kind' | 'host'> | undefined {
  const url = URL.parse(`http://[${text}]`);
  return url === null ? undefined : { kind: 'ipv6', host: url.hostname.slice(1, -1) };
}
