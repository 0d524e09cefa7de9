import { toError } from '#platform/errors.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';
import type { Domain } from './types.ts';

type Claim = Pick<Domain, 'host' | 'token'>;

/** The two ways to show that a host is one's own: a TXT record, or a page on the web server that answers there now. */
export function proofsOf({ host, token }: Claim) {
  return {
    dns: { name: `_basecommerce.${host}`, value: `basecommerce=${token}` },
    http: { url: `http://${host}${pathOf(token)}`, body: token },
  };
}

const pathOf = (token: string) => `/.well-known/basecommerce/${token}`;

type Finding = { by: 'dns' | 'http' } | { problem: string };

/** Looks for either proof, the record first. What was found instead is told in words. */
export async function findProof(lookup: PublicLookup, claim: Claim): Promise<Finding> {
  const { dns } = proofsOf(claim);
  const records = await attempt(() => lookup.texts(dns.name));
  if (records.value?.includes(dns.value)) return { by: 'dns' };
  const page = await attempt(() => lookup.page(claim.host, pathOf(claim.token)));
  if (page.value?.trim() === claim.token) return { by: 'http' };
  return { problem: `${ofDns(dns.name, records)} ${ofHttp(claim.host, page)}` };
}

type Attempt<T> = { value?: T | undefined; reason?: string };

async function attempt<T>(look: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function reasonOf(thrown: unknown): string {
  const error = toError(thrown) as NodeJS.ErrnoException;
  return error.code ?? error.message;
}

function ofDns(name: string, { value, reason }: Attempt<string[]>): string {
  if (reason !== undefined) return `DNS did not answer for ${name} (${reason}).`;
  return value!.length === 0 ? `${name} has no TXT record.` : `No TXT record of ${name} holds the proof.`;
}

function ofHttp(host: string, { value, reason }: Attempt<string | undefined>): string {
  if (reason !== undefined) return `http://${host} did not answer (${reason}).`;
  return value === undefined
    ? `http://${host} has no page with the proof.`
    : `The page on http://${host} says something else.`;
}
