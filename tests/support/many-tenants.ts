import type { ConsoleDatabase } from './console-database.ts';

/** The states of a platform that has run for a while: most stores are live. */
const STATUS = `case when n % 400 = 0 then 'failed' when n % 100 = 0 then 'archived' when n % 20 = 0 then 'suspended' else 'live' end`;

/**
 * Fills a test's database with this many stores, as if they had come one a minute, served by one edge: most were seen, each
 * 500th is not served as published, each 250th was never seen. Statistics are up to date.
 */
export async function addManyTenants(console: Pick<ConsoleDatabase, 'asSuperuser'>, count: number): Promise<void> {
  for (const sql of [TENANTS, SLUGS, FACES, EDGE, FILES, FIGURES])
    await console.asSuperuser(sql.replaceAll(':count', String(count)));
  await console.asSuperuser('vacuum analyze');
}

/** Others may be there already. */
const OURS = `slug ~ '^loja-[0-9]+$'`;

const ID = `('01939b1e-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;

const TENANTS = `
  insert into platform.tenants (id, slug, name, status, plan, status_changed_at, admin_email, created_at, updated_at)
  select ${ID}, 'loja-' || n, (array['Depósito', 'Casa', 'Materiais', 'Construções'])[n % 4 + 1] || ' São João ' || n, ${STATUS},
         case when n % 50 = 0 then 'premium' else 'standard' end, at, 'ana@loja-' || n || '.example', at, at
    from generate_series(1, :count) n cross join lateral (select timestamptz '2026-01-01' + n * interval '1 minute' as at) t`;

const SLUGS = `
  insert into platform.slugs (slug, tenant_id, kind, reserved_at)
  select slug, id, 'primary', created_at from platform.tenants where status <> 'failed' and ${OURS}`;

const FACES = `
  insert into platform.tenant_branding (tenant_id, updated_at) select id, created_at from platform.tenants where ${OURS}`;

const EDGE = `
  insert into platform.droplets (id, name, role, host, port, username, host_key, key_name, probe_url, status, enrolled_at, enrolled_by, updated_at)
  values ('01939b1e-0000-7000-8000-00000000ed9e', 'edge-many', 'edge', '127.0.0.1', 22, 'agent', 'ssh-ed25519 AAAA', 'edge',
          'http://127.0.0.1:9', 'reachable', now(), 'test', now());
  insert into platform.edge_revisions (droplet_id, author, reason, outcome, created_at)
  values ('01939b1e-0000-7000-8000-00000000ed9e', 'test', 'many', 'confirmed', now())`;

const FILES = `
  insert into platform.edge_files (tenant_id, droplet_id, slug, revision, state, sha256, content_sha256, published_at, confirmed_at, probe_error)
  select t.id, r.droplet_id, t.slug, r.number, t.status, repeat('0', 64), repeat('0', 64), now(),
         case when t.slug ~ '[27]51$' then null else now() end,
         case when t.slug ~ '[05]01$' then 'it answers 404' end
    from platform.tenants t cross join platform.edge_revisions r
   where t.status in ('live', 'suspended') and t.${OURS} and r.reason = 'many'`;

const FIGURES = `
  update platform.tenant_figures f set users = 3, last_activity_at = t.created_at + interval '30 days'
    from platform.tenants t where t.id = f.id and t.status = 'live' and t.${OURS}`;
