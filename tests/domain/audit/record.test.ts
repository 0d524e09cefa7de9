import assert from 'node:assert/strict';
import { recordAudit } from '#domain/audit/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('recordAudit', () => {
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
  });
  after(() => console.drop());

  const subject = { type: 'thing', id: '1', label: 'the thing' };

  it('refuses to write outside the transaction of the change', async () => {
    await assert.rejects(recordAudit(console.ctx, { action: 'thing.changed', subject }), /inside withTransaction/);
  });

  it('leaves no row when the change is rolled back', async () => {
    const failing = withTransaction(console.ctx, async (tx) => {
      await recordAudit(tx, { action: 'thing.abandoned', subject });
      throw new Error('the change failed');
    });

    await assert.rejects(failing, /the change failed/);
    assert.equal((await console.ctx.db('platform.audit_log').where({ action: 'thing.abandoned' })).length, 0);
  });

  it('masks secrets at any depth and keeps the rest, with who and where', async () => {
    const ctx = { ...console.ctx, actor: { ...console.ctx.actor, ip: '10.1.2.3' } };
    await withTransaction(ctx, (tx) =>
      recordAudit(tx, {
        action: 'thing.changed',
        subject,
        before: { name: 'old', password: 'hunter2' },
        after: { name: 'new', nested: { privateKey: 'hunter2', list: [{ token_hash: 'hunter2', size: 1 }] } },
      }),
    );

    const row = await console.ctx.db('platform.audit_log').where({ action: 'thing.changed' }).first();
    assert.deepEqual(row.before, { name: 'old', password: '[secret]' });
    assert.deepEqual(row.after, {
      name: 'new',
      nested: { privateKey: '[secret]', list: [{ token_hash: '[secret]', size: 1 }] },
    });
    assert.deepEqual([row.actor_label, row.ip, row.request_id], ['olivia@example.com', '10.1.2.3', 'test-request']);
  });
});
