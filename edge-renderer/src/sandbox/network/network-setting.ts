import { parseHost } from '@kilat/shared/title/network-target';
import { z } from 'zod';
import type { AllowedHost } from './allowed-hosts.ts';

const FORM = /^(?:\[([^\]]*)\]|([^:]*)):(\*|[0-9]{1,5})(\/udp)?$/;

/** `*.example.net:443,192.0.2.7:*,[2001:db8::7]:53/udp,*`: which hosts titles may ask for. Without `/udp` TCP; `*` is all. */
export const AllowedHosts = z.string().transform((text, context): AllowedHost[] => {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .flatMap((part) => {
      const host = parseAllowedHost(part.toLowerCase());
      if (host !== undefined) return [host];
      const message = `"${part}" is no host and port, as in example.net:443, *.example.net:*, 192.0.2.7:7000/udp or *`;
      context.addIssue({ code: 'custom', message });
      return [];
    });
});

function parseAllowedHost(text: string): AllowedHost | undefined {
  if (text === '*') return { protocol: 'any', host: '*', port: 'any' };
  const [whole, bracketed, bare = '', digits, udp] = FORM.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const port = digits === '*' ? 'any' : Number(digits);
  const host = parsePattern(bracketed ?? bare);
  const isBracketed = bracketed !== undefined;
  if (host === undefined || host.includes(':') !== isBracketed) return undefined;
  if (port !== 'any' && (port < 1 || port > 65_535)) return undefined;
  return { protocol: udp === undefined ? 'tcp' : 'udp', host, port };
}

function parsePattern(text: string): string | undefined {
  if (text === '*') return text;
  if (!text.startsWith('*.')) return parseHost(text)?.host;
  const domain = parseHost(text.slice(2));
  return domain?.kind === 'name' ? `*.${domain.host}` : undefined;
}
