import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { apiOf } from '#tests/support/console-api.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

describe('the list of stores as CSV', function () {
  this.timeout(60_000);
  let console: TestConsole;
  let browser: Browser;

  before(async () => {
    console = await openTestConsole();
    await addManyTenants(console, 1234);
    ({ browser } = await console.signIn('viewer'));
  });
  after(() => console?.stop());

  type Row = Record<string, string>;
  const rowsOf = (text: string): Row[] => parse(text, { columns: true, bom: true });
  const csv = async (query = '') => (await browser.get(`/tenants.csv${query}`).expect(200)).text;

  it('has every store that matches once, by slug, with what the list tells of it', async () => {
    const rows = rowsOf(await csv('?status=live&plan=standard'));

    const count = await console.ctx.db('platform.tenants').where({ status: 'live', plan: 'standard' });
    assert.equal(new Set(rows.map((row) => row.slug)).size, count.length);
    assert.deepEqual(
      rows.map((row) => row.slug),
      rows.map((row) => row.slug).toSorted((a, b) => (a! < b! ? -1 : 1)),
    );
    const { edge_confirmed_at, ...row } = rows.find(({ slug }) => slug === 'loja-999')!;
    assert.match(edge_confirmed_at!, /^\d{4}-/);
    assert.deepEqual(row, {
      slug: 'loja-999',
      name: 'Construções São João 999',
      status: 'live',
      status_reason: '',
      plan: 'standard',
      users: '3',
      url: 'http://loja-999.localhost:8080',
      admin_email: 'ana@loja-999.example',
      edge: 'edge-many',
      edge_revision: '1',
      edge_error: '',
      waiting_events: '0',
      oldest_waiting_at: '',
      last_activity_at: '2026-01-31T16:39:00.000Z',
      created_at: '2026-01-01T16:39:00.000Z',
      id: '01939b1e-0000-7000-8000-000000000999',
    });
  });

  it('is told to be UTF-8 and a file of today, and is not kept on the way', async () => {
    const { headers, text } = await browser.get('/tenants.csv?q=loja-999').expect(200);

    assert.equal(headers['content-type'], 'text/csv; charset=utf-8');
    assert.match(headers['content-disposition']!, /^attachment; filename="stores-\d{4}-\d\d-\d\d\.csv"$/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.ok(text.startsWith('\u{FEFF}slug,name,'));
  });

  it('holds no cell that a spreadsheet would run, whatever a store is called', async () => {
    const name = fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '＝', ''), fc.string({ minLength: 1, maxLength: 40 }))
      .map(([first, rest]) => `${first}${rest}`.replaceAll('\u0000', '').trimEnd())
      .filter((text) => text.length > 0 && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        await console.ctx.db('platform.tenants').where({ slug: 'loja-7' }).update({ name: text });

        const row = rowsOf(await csv('?q=loja-7&status=live')).find(({ slug }) => slug === 'loja-7')!;

        assert.doesNotMatch(row.name!, /^[=+\-@\t\r＝＋－＠]/);
        assert.equal(row.name!.replace(/^'/, ''), text.replace(/^'/, ''));
      }),
      { numRuns: 60 },
    );
  });

  it('is answered to programs too, and noted in the audit log with who took it', async () => {
    const api = await apiOf(console, 'viewer');

    const { text } = await api
      .get('/tenants.csv?q=loja-999')
      .expect(200)
      .expect('Content-Type', /^text\/csv/);
    await api.get('/tenants.csv?status=gone').expect(422);

    assert.deepEqual(
      rowsOf(text).map((row) => row.slug),
      ['loja-999'],
    );
    const [noted] = await console.ctx
      .db('platform.audit_log')
      .where({ action: 'tenants.exported' })
      .orderBy('id', 'desc');
    assert.match(noted.actor_label, /^token viewer-/);
    assert.deepEqual(noted.after, { filter: { search: 'loja-999' } });
  });
});
