import type { EdgeSettingsInput } from './settings.ts';

/** Setting → variable of the droplet's env file (env.example explains each). */
const VARIABLES: Record<string, string> = {
  edgeDir: 'EDGE_DIR',
  nginxUser: 'NGINX_USER',
  listen: 'LISTEN',
  publicScheme: 'PUBLIC_SCHEME',
  statusListen: 'STATUS_LISTEN',
  baseDomain: 'BASE_DOMAIN',
  appServers: 'VERTICAL_HOST',
  authServer: 'AUTH_SERVER',
  edgeAuthSecret: 'EDGE_AUTH_SECRET',
  trustedProxies: 'TRUSTED_PROXIES',
  realAddressHeader: 'REAL_ADDRESS_HEADER',
  apiRate: 'LIMIT_API_RATE',
  apiBurst: 'LIMIT_API_BURST',
  webRate: 'LIMIT_WEB_RATE',
  webBurst: 'LIMIT_WEB_BURST',
  authRate: 'LIMIT_AUTH_RATE',
  authBurst: 'LIMIT_AUTH_BURST',
  tenantRate: 'LIMIT_TENANT_RATE',
  tenantBurst: 'LIMIT_TENANT_BURST',
  connections: 'LIMIT_CONNECTIONS',
};

/** The same of `tls`, which is there when a certificate is. */
const TLS_VARIABLES: Record<string, string> = {
  listen: 'TLS_LISTEN',
  certificate: 'TLS_CERTIFICATE',
  key: 'TLS_CERTIFICATE_KEY',
};

const LIMITS = Object.keys(VARIABLES).filter((setting) => VARIABLES[setting]?.startsWith('LIMIT_'));

type Env = Record<string, string | undefined>;

/** The settings a droplet's env file describes; what it leaves out or empty keeps its default. */
export function edgeSettingsFromEnv(env: Env): EdgeSettingsInput {
  const given = (setting: string) => env[VARIABLES[setting] ?? ''] || undefined;
  const ports = list(env.VERTICAL_PORTS || '8000');
  return {
    edgeDir: given('edgeDir') ?? '/srv/basecommerce/edge',
    nginxUser: given('nginxUser'),
    listen: given('listen'),
    tls: env.TLS_CERTIFICATE || env.TLS_CERTIFICATE_KEY ? tlsFromEnv(env) : undefined,
    publicScheme: given('publicScheme') as EdgeSettingsInput['publicScheme'],
    statusListen: given('statusListen'),
    baseDomain: given('baseDomain') ?? '',
    appServers: ports.map((port) => `${env.VERTICAL_HOST ?? ''}:${port}`),
    authServer: given('authServer'),
    edgeAuthSecret: given('edgeAuthSecret') ?? '',
    trustedProxies: list(env.TRUSTED_PROXIES ?? ''),
    realAddressHeader: given('realAddressHeader'),
    limits: Object.fromEntries(LIMITS.map((limit) => [limit, given(limit)])),
  };
}

function tlsFromEnv(env: Env): NonNullable<EdgeSettingsInput['tls']> {
  return {
    listen: env.TLS_LISTEN || undefined,
    certificate: env.TLS_CERTIFICATE ?? '',
    key: env.TLS_CERTIFICATE_KEY ?? '',
  };
}

/** The variable an error of the settings' schema is about. */
export function variableOf(path: readonly PropertyKey[]): string {
  if (path[0] === 'tls') return TLS_VARIABLES[String(path[1])] ?? 'TLS_CERTIFICATE';
  const setting = path[0] === 'limits' ? path[1] : path[0];
  return VARIABLES[String(setting)] ?? String(setting);
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
