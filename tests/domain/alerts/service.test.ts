import assert from 'node:assert/strict';
import { listOpenAlerts, openAlert, resolveAlert } from '#domain/alerts/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('alerts', () => {
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
  });

  after(() => console?.drop());

  it('are open once per key, tell the newest detail, and can come back after they were resolved', async () => {
    const alert = { key: 'edge:down', severity: 'warning', title: 'Edge down', detail: 'first' } as const;
    await openAlert(console.ctx, alert);
    await openAlert(console.ctx, { ...alert, detail: 'second' });

    const open = await listOpenAlerts(console.ctx);
    const resolved = [await resolveAlert(console.ctx, 'edge:down'), await resolveAlert(console.ctx, 'edge:down')];
    const none = await listOpenAlerts(console.ctx);
    await openAlert(console.ctx, alert);

    assert.deepEqual(
      open.map(({ detail }) => detail),
      ['second'],
    );
    assert.deepEqual(resolved, [true, false]);
    assert.deepEqual(none, []);
    assert.equal((await listOpenAlerts(console.ctx)).length, 1);
  });
});
