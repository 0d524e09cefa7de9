import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_PAGES, type ErrorPage } from './error-pages.ts';
import { edgeSettingsSchema, type EdgeSettings, type EdgeSettingsInput } from './settings.ts';

const TEMPLATES = fileURLToPath(new URL('./nginx/', import.meta.url));
const PAGE = 'pages/page.html';

/** Made once and never emptied here: the agent owns what is in the first five. */
const FOLDERS = ['tenants', 'suspended', 'staging', 'previous', 'maps', 'pages', 'logs', 'temp'];

/** One tree for nginx, and the same with the maps that are not in use yet, for the agent to have tested. */
const TREES = { conf: 'current', 'conf-staged': 'staged' };

/** What the agent makes of the console's maps (ops/agent/maps.awk); empty in an edge that was never sent any. */
const MAP_FILES = [
  'aliases.map',
  'domains.map',
  'limits.map',
  'planned.map',
  'names.conf',
  'zones.conf',
  'bursts.conf',
];

/**
 * Writes the edge's whole configuration below `edgeDir`: `conf/` for nginx, `pages/` for what the edge says itself, and
 * the empty folders both expect. The same on a droplet and on a laptop. Throws a ZodError naming every bad setting
 * before it writes anything.
 */
export async function renderEdge(input: EdgeSettingsInput): Promise<EdgeSettings> {
  const settings = edgeSettingsSchema.parse(input);
  const { edgeDir } = settings;
  await Promise.all(FOLDERS.map((folder) => mkdir(join(edgeDir, folder), { recursive: true, mode: 0o755 })));
  await makeFirstMaps(join(edgeDir, 'maps'));
  for (const [tree, maps] of Object.entries(TREES))
    await renderTree(join(edgeDir, tree), { ...templateValues(settings), MAPS_DIR: join(edgeDir, 'maps', maps) });
  await renderErrorPages(join(edgeDir, 'pages'));
  return settings;
}

async function renderTree(dir: string, values: Record<string, string>): Promise<void> {
  for (const file of await listTemplates()) {
    const text = await readFile(join(TEMPLATES, file), 'utf8');
    // 0600: the shared secret of edge and app is in there.
    await writeWhole(join(dir, file), fillIn(text, values, file), 0o600);
  }
}

/** Version 0, without any map, and the links to it. Links that are there already are the agent's and stay. */
async function makeFirstMaps(dir: string): Promise<void> {
  await mkdir(join(dir, '0'), { recursive: true, mode: 0o755 });
  for (const file of [...MAP_FILES, 'loaded']) await writeFile(join(dir, '0', file), '', { mode: 0o644 });
  for (const link of Object.values(TREES)) await symlink('0', join(dir, link)).catch(unlessThere);
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Replaces `${NAME}`; a name without a value is a mistake in the template, never an empty string. */
function fillIn(template: string, values: Record<string, string>, file: string): string {
  return template.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${file} asks for \${${name}}, which has no value`);
    return value;
  });
}

function templateValues(settings: EdgeSettings): Record<string, string> {
  const { limits } = settings;
  return {
    ...schemeValues(settings),
    EDGE_DIR: settings.edgeDir,
    NGINX_USER: settings.nginxUser,
    LISTEN: settings.listen,
    STATUS_LISTEN: settings.statusListen,
    BASE_DOMAIN: settings.baseDomain,
    APP_SERVERS: settings.appServers.map((server) => `server ${server} max_fails=3 fail_timeout=5s;`).join('\n    '),
    AUTH_SERVER: settings.authServer,
    EDGE_AUTH_SECRET: settings.edgeAuthSecret,
    TRUSTED_PROXIES: settings.trustedProxies.map((network) => `set_real_ip_from ${network};`).join('\n'),
    PROXY_NETWORKS: settings.trustedProxies.map((network) => `${network} 1;`).join('\n    '),
    REAL_ADDRESS_HEADER: settings.realAddressHeader,
    LIMIT_API_RATE: String(limits.apiRate),
    LIMIT_API_BURST: String(limits.apiBurst),
    LIMIT_WEB_RATE: String(limits.webRate),
    LIMIT_WEB_BURST: String(limits.webBurst),
    LIMIT_AUTH_RATE: String(limits.authRate),
    LIMIT_AUTH_BURST: String(limits.authBurst),
    LIMIT_TENANT_RATE: String(limits.tenantRate),
    LIMIT_TENANT_BURST: String(limits.tenantBurst),
    LIMIT_CONNECTIONS: String(limits.connections),
  };
}

/** What depends on whether this machine ends TLS, and on whether visitors are to use https. */
function schemeValues({ tls, publicScheme }: EdgeSettings): Record<string, string> {
  const isHttps = publicScheme === 'https';
  const port = tls?.listen.replace(/^.*:/, '') ?? '443';
  return {
    // Who asks for a name that is not ours gets no certificate to see.
    DEFAULT_TLS: tls ? `listen ${tls.listen} ssl http2 default_server;\n    ssl_reject_handshake on;` : '',
    STORES_TLS: tls
      ? `listen ${tls.listen} ssl http2;\n    ssl_certificate "${tls.certificate}";\n    ssl_certificate_key "${tls.key}";`
      : '',
    STRICT_TRANSPORT: isHttps ? 'max-age=31536000' : '',
    SECURE_URL: isHttps ? `https://$host${port === '443' ? '' : `:${port}`}$request_uri` : '',
  };
}

async function listTemplates(): Promise<string[]> {
  const files = await readdir(TEMPLATES, { recursive: true });
  return files.filter((file) => file.endsWith('.conf'));
}

async function renderErrorPages(dir: string): Promise<void> {
  const template = await readFile(join(TEMPLATES, PAGE), 'utf8');
  for (const page of ERROR_PAGES) {
    const { status, title, text, english } = page;
    const values = { STATUS: String(status), TITLE: title, TEXT: text, ENGLISH: english };
    await writeWhole(join(dir, `${page.name}.html`), fillIn(template, values, PAGE), 0o644);
    await writeWhole(join(dir, `${page.name}.json`), problemOf(page), 0o644);
  }
}

function problemOf({ status, code, english }: ErrorPage): string {
  return `${JSON.stringify({ type: 'about:blank', title: english, status, code })}\n`;
}

/** nginx may be reading the file: it sees the old text or the new one, never half of it. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}
