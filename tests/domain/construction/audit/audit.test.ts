import assert from 'node:assert/strict';
import { withTenant } from '#platform/db/index.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { newId } from '#platform/ids.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

describe('the audit log of a store', () => {
  let world: StoreWorld;
  let ana: StoreContext;
  const entry = { action: 'quote.sent', entity: 'quote', entityId: newId(), after: { total: '10.00' } };

  before(async () => {
    world = await createStoreWorld();
    ana = await world.openStore('casa-forte');
  });
  after(() => world.close());

  it('says who did what, and when', async () => {
    await withTenant(ana, ana.tenantId, (tx) => recordStoreAudit(tx, entry));

    const [row] = await world.rows('select actor_id, action, entity_id, after, at from construction.audit_log');

    assert.deepEqual(row, {
      actor_id: ana.user.id,
      action: 'quote.sent',
      entity_id: entry.entityId,
      after: { total: '10.00' },
      at: world.clock.now(),
    });
  });

  it('keeps no row of a change that did not happen', async () => {
    const before = await world.rows('select from construction.audit_log');

    await assert.rejects(
      withTenant(ana, ana.tenantId, async (tx) => {
        await recordStoreAudit(tx, entry);
        throw new Error('the change failed');
      }),
    );

    assert.equal((await world.rows('select from construction.audit_log')).length, before.length);
  });

  it('refuses to be written outside the transaction of the change', async () => {
    await assert.rejects(recordStoreAudit(ana, entry), TypeError);
  });

  it('cannot be changed or thinned out by the app', async () => {
    await assert.rejects(
      withTenant(ana, ana.tenantId, ({ db }) => db('construction.audit_log').update({ action: 'nothing' })),
      /permission denied/,
    );
    await assert.rejects(
      withTenant(ana, ana.tenantId, ({ db }) => db('construction.audit_log').delete()),
      /permission denied/,
    );
  });
});
