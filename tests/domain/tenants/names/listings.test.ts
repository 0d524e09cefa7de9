import assert from 'node:assert/strict';
import { listMapLines } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('the lines of the edges’ maps', () => {
  let database: ConsoleDatabase;
  let ctx: Context;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
  });
  after(() => database?.drop());

  const at = new Date('2026-11-26T12:00:00Z');
  const store = async (slug: string, { status = 'live', plan = 'standard' } = {}) => {
    const id = newId();
    const times = { status_changed_at: at, created_at: at, updated_at: at };
    await ctx
      .db('platform.tenants')
      .insert({ id, slug, name: slug, status, plan, admin_email: 'x@test.example', ...times });
    await name(id, slug, 'primary');
    return id;
  };
  const name = (tenantId: string, slug: string, kind: string) =>
    ctx.db('platform.slugs').insert({ slug, tenant_id: tenantId, kind, reserved_at: at });
  const domain = (tenantId: string, host: string, isVerified: boolean) =>
    ctx.db('platform.domains').insert({
      tenant_id: tenantId,
      host,
      status: isVerified ? 'verified' : 'pending',
      token: 't',
      added_by: 'olivia',
      created_at: at,
      ...(isVerified && { verified_at: at, verified_by: 'dns' }),
    });

  it('name aliases, proven domains and plans of stores that are served, and nothing else', async () => {
    const zebra = await store('zebra', { plan: 'premium' });
    await name(zebra, 'zebra-old', 'alias');
    await name(zebra, 'zebra-next', 'incoming');
    await name(zebra, 'zebra-ancient', 'quarantined');
    await domain(zebra, 'loja.zebra.com.br', true);
    await domain(zebra, 'nova.zebra.com.br', false);
    const closed = await store('closed', { status: 'suspended', plan: 'plus' });
    await name(closed, 'closed-old', 'alias');
    const archived = await store('gone', { status: 'archived', plan: 'plus' });
    await name(archived, 'gone-old', 'alias');
    await domain(archived, 'gone.com.br', true);

    const lines = await listMapLines(ctx);

    assert.deepEqual(lines, {
      aliases: [
        { slug: 'closed-old', target: 'closed' },
        { slug: 'zebra-old', target: 'zebra' },
      ],
      domains: [{ host: 'loja.zebra.com.br', slug: 'zebra' }],
      limits: [
        { slug: 'closed', plan: 'plus' },
        { slug: 'zebra', plan: 'premium' },
      ],
      plans: [
        { code: 'plus', requestsPerSecond: 200, burst: 400 },
        { code: 'premium', requestsPerSecond: 500, burst: 1000 },
        { code: 'standard', requestsPerSecond: 100, burst: 200 },
      ],
    });
  });
});
