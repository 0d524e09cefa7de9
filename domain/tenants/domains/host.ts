import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

type HostProblem = 'bad_host' | 'address' | 'single_label' | 'platform_host';

type HostCheck = { ok: true; host: string } | { ok: false; code: HostProblem; message: string };

const MAX_LENGTH = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const MESSAGES: Record<HostProblem, string> = {
  bad_host: 'Type a host name like loja.exemplo.com.br, without https:// and without a path.',
  address: 'Type a host name, not an IP address.',
  single_label: 'Type a whole host name, with a dot in it.',
  platform_host: 'This host belongs to the platform: a store is reached there by its own name.',
};

/**
 * What a store's own host name may be, mirrored by the agent's check of the edge's maps: labels of letters, digits and
 * hyphens, not an address, not below the platform's own `baseDomain`. Letters with accents become punycode.
 */
export function checkHost(text: string, baseDomain: string): HostCheck {
  const typed = text.trim().toLowerCase().replace(/\.$/, '');
  const host = domainToASCII(typed);
  // What stands after one of these is no part of a host, and would be passed over in silence.
  const code = /[/\\?#@]/.test(typed) ? 'bad_host' : isIP(typed) ? 'address' : problemOf(host, baseDomain);
  return code === undefined ? { ok: true, host } : { ok: false, code, message: MESSAGES[code] };
}

function problemOf(host: string, baseDomain: string): HostProblem | undefined {
  if (isIP(host) !== 0) return 'address';
  const labels = host.split('.');
  if (host.length === 0 || host.length > MAX_LENGTH || !labels.every((label) => LABEL.test(label))) return 'bad_host';
  if (host === baseDomain || host.endsWith(`.${baseDomain}`)) return 'platform_host';
  if (labels.length < 2) return 'single_label';
  return /^\d+$/.test(labels.at(-1)!) ? 'bad_host' : undefined;
}
