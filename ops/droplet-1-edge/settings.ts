import { isIP } from 'node:net';
import { z } from 'zod';

/** Whatever goes into the configuration text must not be able to end a directive, a string or a variable name. */
const inert = (what: string) =>
  z.string().regex(/^[^\s"'\\;{}$#]+$/, { error: `must be ${what}, without spaces, quotes or any of \\ ; { } $ #` });

const listen = inert('a port or an address and port');

const path = z
  .string()
  .regex(/^\/[^"'\\;{}$#\n]*$/, { error: 'must be an absolute path without quotes or any of \\ ; { } $ #' });

/** nginx looks a name up once, at start, and refuses to start for anybody when one name does not resolve. */
const server = z.string().refine(isAddressAndPort, {
  error: 'must be an address and a port like 10.0.0.2:8000 (a name could keep nginx from starting)',
});

const network = z.string().refine(isNetwork, { error: 'must be an address or a network like 173.245.48.0/20' });

/** nginx tells there how it is; nobody else may ask. */
const loopbackServer = server.refine((text) => /^(?:127\.|\[::1\]:)/.test(text), {
  error: 'must be an address of this machine alone, like 127.0.0.1:8081',
});

const amount = (fallback: number) => z.coerce.number().int().min(1).max(1_000_000).default(fallback);

/** Requests per second and how many may come at once above that, per client address; `tenant…` is per store. */
const edgeLimitsSchema = z.object({
  apiRate: amount(10),
  apiBurst: amount(20),
  webRate: amount(30),
  webBurst: amount(50),
  authRate: amount(5),
  authBurst: amount(10),
  tenantRate: amount(100),
  tenantBurst: amount(200),
  connections: amount(20),
});

/** All that the edge's nginx configuration leaves open. */
export const edgeSettingsSchema = z.object({
  /** Holds the rendered configuration, tenants/, suspended/, logs and temporary files. */
  edgeDir: path,
  /** Account of the workers; it must be able to read tenants/ and suspended/. */
  nginxUser: inert('an account name').default('www-data'),
  /** Port, or address and port. */
  listen: listen.default('80'),
  /** The certificate is given: the CDN's origin certificate, or a self-signed one. Without it there is no TLS here. */
  tls: z.object({ listen: listen.default('443'), certificate: path, key: path }).optional(),
  /** What visitors are to use. With `https`, one who comes by http is sent there, and told to stay. */
  publicScheme: z.enum(['http', 'https']).default('http'),
  statusListen: loopbackServer.default('127.0.0.1:8081'),
  baseDomain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, { error: 'must be a host name like basecommerce.com.br' }),
  appServers: z.array(server).min(1),
  authServer: server.default('127.0.0.1:8001'),
  /** The app and auth believe X-Tenant-Slug only beside this. */
  edgeAuthSecret: inert('a secret').refine((text) => text.length >= 32, {
    error: 'must be at least 32 characters long',
  }),
  /** Addresses that may tell us the real client address. Empty: nobody may. */
  trustedProxies: z.array(network).default([]),
  realAddressHeader: inert('a header name').default('CF-Connecting-IP'),
  limits: edgeLimitsSchema.prefault({}),
});

export type EdgeSettings = z.output<typeof edgeSettingsSchema>;
export type EdgeSettingsInput = z.input<typeof edgeSettingsSchema>;

function isAddressAndPort(text: string): boolean {
  const [, address = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  return isIP(address.replace(/^\[(.+)\]$/, '$1')) !== 0 && Number(port) > 0 && Number(port) < 65_536;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
