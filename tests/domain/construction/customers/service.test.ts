import assert from 'node:assert/strict';
import {
  changeCustomer,
  createCustomer,
  listCustomers,
  setCustomerActive,
  useWalkInCustomer,
} from '#domain/construction/customers/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer, customerInput } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

describe('customers', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld();
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  const names = async (q: string) => (await listCustomers(acme, { q, limit: 50 })).map(({ name }) => name);

  it('refuses a second customer with a document and names the first', async () => {
    const first = await aCustomer(acme, { name: 'Maria', document: '52998224725' });

    await assert.rejects(createCustomer(acme, customerInput({ name: 'Outra', document: '52998224725' })), {
      code: 'document_taken',
      status: 409,
      members: { existing_id: first.id },
    });
    assert.deepEqual(await names('Outra'), []);
  });

  it('lets another store have a customer with the same document', async () => {
    const globex = await world.openStore('globex');
    await aCustomer(acme, { document: '11144477735' });

    await aCustomer(globex, { document: '11144477735' });
  });

  it('tells a document of the other kind from one that is wrong', async () => {
    const refusals = [
      [{ kind: 'PF', document: '11222333000181' }, 'cnpj_of_person'],
      [{ kind: 'PJ', document: '52998224725' }, 'cpf_of_company'],
      [{ kind: 'PF', document: '52998224726' }, 'bad_cpf'],
    ] as const;

    for (const [input, code] of refusals) await assert.rejects(aCustomer(acme, input), { code });
  });

  it('refuses a document whose check digits are wrong, naming the field', async () => {
    const message = 'This is not a CNPJ: its check digits are wrong.';
    await assert.rejects(aCustomer(acme, { kind: 'PJ', document: '12ABC34501DE36' }), {
      status: 422,
      fields: [{ path: 'document', code: 'bad_cnpj', message }],
    });
  });

  it('finds people by part of the name without accents, and by document with or without its mask', async () => {
    await aCustomer(acme, { name: 'Construtora São José', kind: 'PJ', document: '11222333000181' });

    assert.deepEqual(await names('sao jo'), ['Construtora São José']);
    assert.deepEqual(await names('11.222.333'), ['Construtora São José']);
    assert.deepEqual(await names('222333'), ['Construtora São José']);
  });

  it('takes a percent sign in a search for a percent sign', async () => {
    await aCustomer(acme, { name: 'Tudo 100% Reformas' });

    assert.deepEqual(await names('100%'), ['Tudo 100% Reformas']);
    assert.deepEqual(await names('%%%'), []);
  });

  it('walks through all customers by cursor, neither losing nor repeating one of several with one name', async () => {
    const globex = await world.openStore('initech');
    for (let i = 0; i < 7; i += 1) await aCustomer(globex, { name: 'José' });
    const seen: string[] = [];
    let after: string[] | undefined;
    do {
      const rows = await listCustomers(globex, { limit: 3, after });
      const page = rows.slice(0, 3);
      seen.push(...page.map(({ id }) => id));
      after = rows.length > 3 ? [page.at(-1)!.nameSearch, page.at(-1)!.id] : undefined;
    } while (after);

    assert.equal(new Set(seen).size, 7);
    assert.equal(seen.length, 7);
  });

  it('tells the second of two editors that somebody was faster', async () => {
    const customer = await aCustomer(acme);
    await changeCustomer(acme, customer.id, { version: 1, changes: { name: 'Primeira' } });

    await assert.rejects(changeCustomer(acme, customer.id, { version: 1, changes: { name: 'Segunda' } }), {
      code: 'version_conflict',
    });
    assert.deepEqual(await names('Segunda'), []);
  });

  it('lets a salesperson change the customers they registered, and no others', async () => {
    const seller = await world.hire(acme, 'salesperson');
    const own = await aCustomer(seller);
    const other = await aCustomer(acme);

    await changeCustomer(seller, own.id, { changes: { notes: 'paga em dia' } });

    await assert.rejects(changeCustomer(seller, other.id, { changes: { notes: 'x' } }), { status: 403 });
  });

  it('deactivates once, however often it is asked, and audits it once', async () => {
    const customer = await aCustomer(acme);

    await setCustomerActive(acme, customer.id, false);
    await setCustomerActive(acme, customer.id, false);

    const audits = await world.rows(
      `select action from construction.audit_log where entity_id = $1 and action = 'customer.deactivated'`,
      [customer.id],
    );
    assert.equal(audits.length, 1);
  });

  it('makes the walk-in customer once', async () => {
    const first = await useWalkInCustomer(acme);
    const second = await useWalkInCustomer(acme);

    assert.equal(first.name, 'Consumidor final');
    assert.equal(second.id, first.id);
  });
});
