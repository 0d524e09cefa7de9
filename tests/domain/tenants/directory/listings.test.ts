import assert from 'node:assert/strict';
import {
  countTenants,
  listTenants,
  PROOF_STATES,
  TENANT_SORTS,
  tenantKey,
  type TenantSelection,
  type TenantSort,
} from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

const COUNT = 10_000;

describe('the directory of ten thousand stores', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
    await addManyTenants(console, COUNT);
  });
  after(() => console?.drop());

  type Filter = TenantSelection & { sort: TenantSort; limit: number; after?: readonly string[] };
  const list = (filter: Partial<Filter>) => listTenants(console.ctx, { sort: 'slug', limit: 50, ...filter });
  const count = (selection: TenantSelection) => countTenants(console.ctx, selection);

  for (const sort of TENANT_SORTS)
    it(`leads through all of them by ${sort}, each once`, async () => {
      const seen = new Set<string>();
      let after: readonly string[] | undefined;
      do {
        const rows = await list({ sort, limit: 1500, ...(after && { after }) });
        const page = rows.slice(0, 1500);
        for (const row of page) seen.add(row.id);
        after = rows.length > 1500 ? tenantKey(page.at(-1)!, sort) : undefined;
      } while (after);

      assert.equal(seen.size, COUNT);
    });

  it('orders by name as people do, by what needs somebody, and by who was there last', async () => {
    await console.ctx.db('platform.tenants').where({ slug: 'loja-7' }).update({ name: 'água Viva' });
    await console.ctx.db('platform.tenants').where({ slug: 'loja-9' }).update({ name: 'Zé' });

    const [byName] = await list({ sort: 'name' });
    const byStatus = await list({ sort: 'status', limit: 30 });
    const byActivity = await list({ sort: 'activity', limit: 2 });

    assert.equal(byName?.slug, 'loja-7');
    assert.deepEqual(
      [byStatus[0]?.status, byStatus[0]?.slug, byStatus[30]?.status],
      ['failed', 'loja-10000', 'suspended'],
    );
    assert.deepEqual([byActivity[0]?.slug, byActivity[0]?.users], ['loja-9999', 3]);
    assert.equal(byActivity[0]?.lastActivityAt?.toISOString(), '2026-02-06T22:39:00.000Z');
  });

  it('finds any part of name or slug without accents and capitals, and takes % for itself', async () => {
    assert.deepEqual(
      (await list({ search: 'DEPOSITO SAO JOAO 4444' })).map((row) => row.slug),
      ['loja-4444'],
    );
    assert.deepEqual(
      (await list({ search: 'ja-4444' })).map((row) => row.slug),
      ['loja-4444'],
    );
    assert.equal(await count({ search: 'são joão 99' }), 111);
    assert.equal(await count({ search: '%' }), 0);
    assert.equal(await count({ search: 'o_o' }), 0);
  });

  it('counts each store in exactly one state of proof', async () => {
    const counts = await Promise.all(PROOF_STATES.map((proof) => count({ proof })));

    assert.equal(
      counts.reduce((sum, one) => sum + one),
      COUNT,
    );
    const served = await list({ proof: 'served' });
    const failing = await list({ proof: 'failing' });
    const unconfirmed = await list({ proof: 'unconfirmed', status: 'live' });
    assert.ok(served.every(({ proof }) => proof?.confirmedAt && !proof.probeError));
    assert.ok(failing.length > 5 && failing.every(({ proof }) => proof?.probeError));
    assert.ok(unconfirmed.length > 5 && unconfirmed.every(({ proof }) => !proof?.confirmedAt && !proof?.probeError));
  });

  it('puts filters together', async () => {
    const rows = await list({ status: 'suspended', plan: 'standard', search: 'deposito', sort: 'created' });

    assert.ok(rows.length > 10);
    assert.ok(
      rows.every((row) => row.status === 'suspended' && row.plan === 'standard' && row.name.startsWith('Depósito')),
    );
  });

  it('refuses a cursor of another order', async () => {
    const [row] = await list({ sort: 'name', limit: 1 });

    await assert.rejects(list({ sort: 'created', after: tenantKey(row!, 'name') }), { code: 'bad_cursor' });
  });

  describe('its queries', () => {
    const indexOf: Record<TenantSort, string> = {
      created: 'tenants_by_creation',
      name: 'tenants_in_name_order',
      slug: 'tenants_in_slug_order',
      status: 'tenants_by_attention',
      activity: 'tenant_figures_by_activity',
    };

    for (const sort of TENANT_SORTS)
      it(`read the first page and a later one by ${sort} from an index`, async () => {
        const first = await list({ sort, limit: 3000 });

        for (const after of [undefined, tenantKey(first[2999]!, sort)])
          await assertPlan({ sort, ...(after && { after }) }, [indexOf[sort]]);
      });

    it('find a part of a name by its trigrams', async () => {
      await assertPlan({ search: 'joao 4444', sort: 'name' }, ['tenants_by_text']);
    });

    it('find the few of a status, a plan or a proof by an index', async () => {
      await assertPlan({ status: 'failed', sort: 'created' }, ['tenants_by_status']);
      await assertPlan({ plan: 'premium', sort: 'created' }, ['tenants_by_plan']);
      await assertPlan({ proof: 'failing', sort: 'created' }, ['edge_files_failing']);
    });

    /** Of the very statement that the listing sends, as the console's role: row security can keep an index from being used. */
    async function assertPlan(filter: Partial<Filter>, indexes: string[]) {
      const sent: { sql: string; bindings: unknown[] }[] = [];
      const note = (query: { sql: string; bindings: unknown[] }) => void sent.push(query);
      console.ctx.db.on('query', note);
      await list(filter);
      console.ctx.db.removeListener('query', note);

      const { sql, bindings } = sent[0]!;
      const { rows } = await console.database.pool.query(`explain (format json) ${sql}`, bindings);
      const plan = JSON.stringify(rows[0]['QUERY PLAN']);

      for (const index of indexes) assert.match(plan, new RegExp(`"Index Name":"${index}"`), plan);
      assert.doesNotMatch(plan, /"Node Type":"Seq Scan"[^{}]*"Relation Name":"(tenants|tenant_figures|edge_files)"/);
    }
  });
});
