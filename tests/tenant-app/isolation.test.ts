import assert from 'node:assert/strict';
import { listRoutes } from '#platform/http/routes.ts';
import { newId } from '#platform/ids.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { fillStore, SECRET_NAME, type SoldStore } from '#tests/support/sold-store.ts';
import { startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

/** Fields that let any form or body pass its schema, so that what refuses is the id and nothing before it. */
const ANY_BODY = {
  reason: 'x',
  status: 'preparing',
  kind: 'PF',
  name: 'X',
  unit: 'UN',
  base_price: '1',
  q: 'x',
  quantity: '1',
  unit_price: '1',
  discount_pct: '0',
  freight: '0',
  validity_days: '7',
  notes: '',
  seen_quantity: '1',
  seen_unit_price: '1',
  seen_discount_pct: '0',
  seen_freight: '0',
  seen_validity_days: '7',
  seen_notes: '',
};

describe('the routes of two stores', () => {
  let site: StoreSite;
  let globex: Browser;
  let csrf: string;
  let sold: SoldStore;

  before(async () => {
    site = await startStoreSite();
    const acme: StoreContext = await site.world.openStore('acme');
    sold = await fillStore(acme);
    globex = await site.signedIn(await site.world.openStore('globex'));
    csrf = /name="_csrf" value="([^"]+)"/.exec((await globex.ask('/web/settings/preferences')).text)![1]!;
  });
  after(() => site.close());

  const routes = () => listRoutes(site.app).map(({ method, path }) => ({ method, path }));
  const withIds = () => routes().filter(({ path }) => path.includes('/:'));

  /** `/web/quotes/:id/items/:itemId` with an id for each of its nouns. */
  const fill = (path: string, idOf: (noun: keyof SoldStore) => string) =>
    path.replaceAll(/\/([a-z]+)\/:\w+/g, (_all, noun: keyof SoldStore) => `/${noun}/${idOf(noun)}`);

  async function call(method: string, path: string) {
    const isApi = path.startsWith('/api/');
    const headers = { 'X-CSRF-Token': csrf, Accept: isApi ? 'application/json' : 'text/html' };
    const verb = { method: method.toUpperCase(), headers };
    if (method === 'get') return globex.ask(path, verb);
    return globex.ask(
      path,
      isApi ? { ...verb, json: { ...ANY_BODY, validity_days: 7, items: [] } } : { ...verb, form: ANY_BODY },
    );
  }

  /** What is left of an answer when the ids in it, which differ by nature, are taken out. */
  const bare = (text: string) => text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');

  it('know every noun that stands before an id', () => {
    const nouns = withIds().flatMap(({ path }) => [...path.matchAll(/\/([a-z]+)\/:\w+/g)].map((match) => match[1]!));

    assert.ok(withIds().length >= 30, String(withIds().length));
    assert.deepEqual(
      [...new Set(nouns)].filter((noun) => !(noun in sold)),
      [],
    );
  });

  it('answer 404 to the ids of another store, in the very words they have for ids that do not exist', async () => {
    for (const { method, path } of withIds()) {
      const foreign = await call(
        method,
        fill(path, (noun) => sold[noun]),
      );
      const unknown = await call(
        method,
        fill(path, () => newId()),
      );

      assert.equal(foreign.status, 404, `${method} ${path}`);
      assert.equal(unknown.status, 404, `${method} ${path}`);
      assert.equal(bare(foreign.text), bare(unknown.text), `${method} ${path}`);
    }
  });

  it('changed nothing of the other store meanwhile', async () => {
    const [quote] = await site.world.rows('select status, version from construction.quotes where id = $1', [
      sold.quotes,
    ]);
    const [customer] = await site.world.rows('select name, active from construction.customers where id = $1', [
      sold.customers,
    ]);

    assert.deepEqual(quote, { status: 'draft', version: 2 });
    assert.deepEqual(customer, { name: SECRET_NAME, active: true });
  });

  it('list nothing of another store, whatever is searched for', async () => {
    for (const { method, path } of routes().filter((route) => !route.path.includes('/:'))) {
      if (method !== 'get') continue;
      const { text } = await globex.ask(`${path}?q=${encodeURIComponent(SECRET_NAME)}`);
      assert.ok(!text.replaceAll(`value="${SECRET_NAME}"`, '').includes(SECRET_NAME), path);
    }
  });
});
