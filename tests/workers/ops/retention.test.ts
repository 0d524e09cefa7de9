import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRetention } from '#domain/retention/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventDaysOf } from '#tests/support/event-days.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freePort } from '#tests/support/ports.ts';
import { spawnWorker, type WorkerProcess } from '#tests/support/worker-process.ts';

describe('an ops worker that was told for how long events are kept', () => {
  let opened: ConsoleDatabase;
  let dir: string;
  let ops: WorkerProcess | undefined;

  before(async () => {
    opened = await openConsoleDatabase();
    dir = await mkdtemp(join(tmpdir(), 'basecommerce-ops-'));
  });
  after(async () => {
    await ops?.kill();
    await opened?.drop();
    await rm(dir, { recursive: true, force: true });
  });

  it('keeps them for so long, drops what is older and makes what is to come', async () => {
    const days = eventDaysOf(opened);
    const [kept, over, ahead] = [days.daysAgo(40), days.daysAgo(50), days.daysAgo(-7)];
    for (const day of [kept, over]) await days.makeDay(day);
    const name = (day: string) => `events.outbox_${day.replaceAll('-', '')}`;
    await days.rows(`drop table ${name(ahead)}`);
    const port = await freePort();

    ops = await spawnWorker({
      name: 'ops',
      entry: 'workers/ops.ts',
      port,
      env: {
        DATABASE_URL: opened.url,
        SSH_KEYS_DIR: dir,
        ARCHIVES_DIR: dir,
        OPS_PORT: String(port),
        EVENTS_RETENTION_DAYS: '45',
        EVENT_MARKS_RETENTION_DAYS: '60',
      },
    });

    await eventually(async () => !(await days.partitions()).includes(name(over)));
    const left = await days.partitions();
    assert.ok(left.includes(name(kept)) && left.includes(name(ahead)));
    assert.ok(left.includes(name(over).replace('outbox', 'processed')));
    assert.deepEqual((await readRetention(opened.ctx)).terms, { outboxDays: 45, marksDays: 60 });
  });
});
