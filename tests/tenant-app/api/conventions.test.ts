import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { apiOf, type StoreApi } from '#tests/support/store-api.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

type Page = { items: { id: string; name: string }[]; next_cursor: string | null; has_more: boolean };

describe('the JSON API of a store', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let api: StoreApi;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    api = await apiOf(site, ana);
  });
  after(() => site.close());

  const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });
  const countOf = async (table: string) =>
    Number((await site.world.rows(`select count(*) as n from construction.${table}`))[0]!.n);

  it('does a repeated POST once and gives the first answer again', async () => {
    const first = await api.post('/customers', { name: 'Repetida' }, withKey('k-1'));
    const again = await api.post('/customers', { name: 'Repetida' }, withKey('k-1'));

    assert.equal(first.status, 201);
    assert.equal(again.status, 201);
    assert.deepEqual(again.json(), first.json());
    assert.equal(again.headers.get('etag'), '"v1"');
  });

  it('makes one quote of ten equal POSTs that arrive at once', async () => {
    const before = await countOf('quotes');

    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post('/quotes', {}, withKey('k-many'))));

    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(await countOf('quotes'), before + 1);
  });

  it('refuses a key that comes back with another request, and frees the key of a refused one', async () => {
    await api.post('/customers', { name: 'Uma' }, withKey('k-2'));

    const other = await api.post('/customers', { name: 'Outra' }, withKey('k-2'));
    const refused = await api.post('/customers', { name: '' }, withKey('k-3'));
    const mended = await api.post('/customers', { name: 'Agora vai' }, withKey('k-3'));

    assert.equal(other.status, 422);
    assert.equal(other.json().code, 'idempotency_key_reused');
    assert.equal(refused.status, 422);
    assert.equal(mended.status, 201);
  });

  it('forgets a key after a day', async () => {
    await api.post('/customers', { name: 'Ontem' }, withKey('k-day'));
    site.world.clock.advance(24 * 60 * 60_000 - 60_000);
    const fresh = await apiOf(site, ana);
    const kept = await fresh.post('/customers', { name: 'Hoje' }, withKey('k-day'));
    site.world.clock.advance(120_000);
    const forgotten = await (await apiOf(site, ana)).post('/customers', { name: 'Hoje' }, withKey('k-day'));
    api = await apiOf(site, ana);

    assert.equal(kept.status, 422);
    assert.equal(forgotten.status, 201);
  });

  it('changes a resource only in the version that If-Match names', async () => {
    const created = (await api.post('/customers', { name: 'Versionada' })).json() as { id: string };
    const path = `/customers/${created.id}`;
    const etag = (await api.get(path)).headers.get('etag')!;

    const first = await api.patch(path, { name: 'Primeira' }, { headers: { 'If-Match': etag } });
    const late = await api.patch(path, { name: 'Tarde' }, { headers: { 'If-Match': etag } });
    const odd = await api.patch(path, { name: 'Estranha' }, { headers: { 'If-Match': 'W/"3"' } });
    const careless = await api.patch(path, { name: 'Sem cuidado' });

    assert.equal(etag, '"v1"');
    assert.equal(first.headers.get('etag'), '"v2"');
    assert.equal(late.status, 412);
    assert.equal(late.json().code, 'precondition_failed');
    assert.equal(odd.status, 400);
    assert.equal(careless.status, 200);
  });

  it('names each field at fault, in Portuguese, with a code that never changes', async () => {
    const answer = await api.post('/customers', { name: '', document: '52998224726', cep: '1' });

    assert.equal(answer.status, 422);
    assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    const problem = answer.json() as {
      title: string;
      code: string;
      errors: { path: string; code: string; message: string }[];
    };
    assert.equal(problem.title, 'Alguns campos precisam de outro valor.');
    assert.equal(problem.code, 'validation_failed');
    assert.deepEqual(
      problem.errors.map(({ path, code }) => [path, code]),
      [
        ['name', 'too_small'],
        ['cep', 'bad_cep'],
        ['document', 'bad_cpf'],
      ],
    );
    assert.equal(problem.errors[2]!.message, 'CPF inválido: confira os dígitos.');
  });

  it('tells a number below zero from one that cannot be read', async () => {
    const code = async (price: string) => {
      const answer = await api.post('/products', { name: 'Areia', unit: 'M3', base_price: price });
      return (answer.json() as { errors: { code: string }[] }).errors[0]!.code;
    };

    assert.equal(await code('-3.00'), 'negative');
    assert.equal(await code('3,00'), 'bad_number');
  });

  it('walks a list by cursor to its end, and refuses a cursor that is not ours', async () => {
    for (let i = 0; i < 5; i += 1) await api.post('/customers', { name: 'Página Igual' });
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = `/customers?q=pagina+igual&limit=2&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = (await api.get(query)).json() as Page;
      names.push(...page.items.map(({ id }) => id));
      assert.equal(page.has_more, page.next_cursor !== null);
      cursor = page.next_cursor;
    }

    assert.equal(names.length, 5);
    assert.equal(new Set(names).size, 5);
    assert.equal((await api.get('/customers?cursor=abc.def')).status, 400);
    assert.equal((await api.get('/customers?limit=101')).status, 422);
  });

  it('asks for a session, and for the right to do it', async () => {
    const anonymous = await site
      .browse('casa-forte')
      .ask('/api/v1/customers', { headers: { Accept: 'application/json' } });
    const clerk = await apiOf(site, await site.world.hire(ana, 'stock_clerk'));

    assert.equal(anonymous.status, 401);
    assert.equal((await clerk.get('/customers')).status, 403);
    assert.equal((await clerk.get('/products')).status, 200);
  });

  it('answers 404 for what cannot be an id as for what does not exist', async () => {
    for (const id of ['x', '1', '00000000-0000-7000-8000-000000000000', "'; drop table"])
      assert.equal((await api.get(`/orders/${encodeURIComponent(id)}`)).status, 404, id);
  });
});
