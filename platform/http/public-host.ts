import { Resolver } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { toError } from '#platform/errors.ts';
import { getForHost } from './host-request.ts';

/** What other people's DNS and web servers say. */
export type PublicLookup = {
  /** The TXT records of a name, none when there is no such name. Rejects when DNS does not answer. */
  texts(name: string): Promise<string[]>;
  /** The body of `http://<host><path>`, undefined when that is not a 200. Rejects when nobody answers there. */
  page(host: string, path: string): Promise<string | undefined>;
};

const DNS_TIMEOUT_MS = 2000;
const DNS_TRIES = 2;
const PAGE_TIMEOUT_MS = 5000;

/**
 * Asks the public internet, by these DNS servers or else the machine's own. A host that leads to a private address is not
 * asked: whoever may name a host here must not reach into our own network through us.
 */
export function createPublicLookup({ dnsServers = [] }: { dnsServers?: readonly string[] } = {}): PublicLookup {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  if (dnsServers.length > 0) resolver.setServers(dnsServers);
  return {
    async texts(name) {
      const records = await noneIfMissing(() => resolver.resolveTxt(name));
      return records.map((parts) => parts.join(''));
    },
    async page(host, path) {
      const found = await Promise.all([
        noneIfMissing(() => resolver.resolve4(host)),
        noneIfMissing(() => resolver.resolve6(host)),
      ]);
      const address = found.flat().find(isPublicAddress);
      if (address === undefined) throw new Error('it has no public address');
      const { signal } = new AbortController();
      const origin = `http://${isIPv6(address) ? `[${address}]` : address}`;
      const { status, body } = await getForHost(origin, { path, host, timeoutMs: PAGE_TIMEOUT_MS, signal });
      return status === 200 ? body : undefined;
    },
  };
}

const MISSING = new Set(['ENOTFOUND', 'ENODATA']);

async function noneIfMissing<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    if (MISSING.has((toError(error) as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** Addresses that are nobody's on the internet (IANA's special-purpose registries), and IPv6 that only wraps an IPv4. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4');
/** Of IPv6 only the part that is given to the public today, without documentation, Teredo and 6to4. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6');

/** True for an address that belongs to somebody on the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return GLOBAL.check(address, 'ipv6') && !PRIVATE.check(address, 'ipv6');
  return !PRIVATE.check(address, 'ipv4');
}
