import assert from 'node:assert/strict';
import {
  countDead,
  getLetter,
  listLetters,
  mendLetter,
  replayLetter,
  replayLetters,
  skipLetter,
} from '#domain/dead-letters/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('a dead letter', function () {
  this.timeout(40_000);
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;
  let tenant: string;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_console');
    database = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger, pipeline: true });
    const actor = { kind: 'operator', id: newId(), label: 'olivia' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
    await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  beforeEach(async () => {
    tenant = await pipeline.createTenant();
  });
  after(async () => {
    await database?.stop();
    await pipeline?.remove();
  });

  /** Breaks its contract, so it dies at once; a valid sale follows it in the same aggregate. */
  const die = async () => {
    const aggregate = { type: 'order', id: newId() };
    const good = saleRecorded('5.00');
    await pipeline.publish(
      tenant,
      { type: good.type, payload: { ...good.payload, total: 'many' }, aggregate: { ...aggregate, version: 1 } },
      { ...saleRecorded('2.00'), aggregate: { ...aggregate, version: 2 } },
    );
    return eventually(async () => (await listLetters(ctx, { tenantId: tenant, limit: 10 }))[0]);
  };
  /** As though a new release understood it. */
  const mend = (eventId: string) =>
    pipeline.rows(`update events.outbox set payload = payload || '{"total": "5.00"}' where event_id = $1`, [eventId]);
  const revenue = async () => (await pipeline.figureOf(tenant)).revenue;
  const stateOf = async (id: string) => (await getLetter(ctx, id)).state;

  it('holds back what follows it until it is applied, once, however often that is asked', async () => {
    const letter = await die();
    await eventually(async () => (await getLetter(ctx, letter.id)).waiting === 1);
    assert.equal(await revenue(), '0');
    await mend(letter.eventId);

    await Promise.all([replayLetter(ctx, letter.id, 'mended'), replayLetter(ctx, letter.id, 'mended')]);

    await eventually(async () => (await revenue()) === '7.00');
    assert.equal(await stateOf(letter.id), 'applied');
    await assert.rejects(replayLetter(ctx, letter.id, 'again'), { code: 'dead_letter_resolved' });
    assert.deepEqual(
      await pipeline.rows('select outcome from events.processed where event_id = $1', [letter.eventId]),
      [{ outcome: 'applied' }],
    );
    const audit = await pipeline.rows(
      'select actor_label as by, action from platform.audit_log where subject_id = $1',
      [letter.id],
    );
    assert.deepEqual(audit, [{ by: 'olivia', action: 'dead_letter.replayed' }]);
  });

  it('is dead again, with what it failed with, when it still cannot be applied', async () => {
    const letter = await die();

    await replayLetter(ctx, letter.id, 'hope');

    await eventually(async () => (await getLetter(ctx, letter.id)).attempts === 2);
    const { state, error } = await getLetter(ctx, letter.id);
    assert.equal(state, 'dead');
    assert.match(error, /total/);
    assert.equal(await revenue(), '0');
  });

  it('is applied with a payload that somebody mended, and the event stays as it was written', async () => {
    const letter = await die();
    const { payload } = await getLetter(ctx, letter.id);
    const mended = payload.replace('"many"', '"5.00"');

    await assert.rejects(mendLetter(ctx, letter.id, '{', 'typed badly'), { code: 'bad_payload' });
    await assert.rejects(mendLetter(ctx, letter.id, payload, 'unchanged'), /total/);
    assert.equal(await stateOf(letter.id), 'dead');
    await mendLetter(ctx, letter.id, mended, 'the total was a word');

    await eventually(async () => (await revenue()) === '7.00');
    assert.equal(await stateOf(letter.id), 'applied');
    const [written] = await pipeline.rows<{ total: string }>(
      `select payload ->> 'total' as total from events.outbox where event_id = $1`,
      [letter.eventId],
    );
    assert.equal(written!.total, 'many');
    const [audit] = await pipeline.rows(
      `select before #>> '{payload,total}' as before, after #>> '{payload,total}' as after, after ->> 'reason' as reason
         from platform.audit_log where subject_id = $1 and action = 'dead_letter.mended'`,
      [letter.id],
    );
    assert.deepEqual(audit, { before: 'many', after: '5.00', reason: 'the total was a word' });
  });

  it('lets what follows it go when it is skipped, and stays without effect', async () => {
    const letter = await die();

    await skipLetter(ctx, letter.id, 'a duplicate by hand');

    await eventually(async () => (await revenue()) === '2.00');
    assert.equal(await stateOf(letter.id), 'skipped');
    await assert.rejects(skipLetter(ctx, letter.id, 'again'), { code: 'dead_letter_resolved' });
  });

  it('is among those of a filter, and the count says before how many these are', async () => {
    await die();
    await die();
    await eventually(async () => (await countDead(ctx, { tenantId: tenant })) === 2);
    const other = await pipeline.createTenant();
    await pipeline.publish(other, { type: 'sale_recorded', payload: {} });
    await eventually(async () => (await listLetters(ctx, { tenantId: other, limit: 1 }))[0]);
    const filter = { tenantId: tenant, reason: 'invalid_payload' };
    const both = await listLetters(ctx, { ...filter, limit: 10 });
    for (const { eventId } of both) await mend(eventId);

    const counted = await countDead(ctx, filter);
    const asked = await replayLetters(ctx, filter, 'mended');

    assert.deepEqual([counted, asked, await countDead(ctx, { tenantId: other })], [2, 2, 1]);
    await eventually(async () => (await revenue()) === '14.00');
  });

  it('is not tried for ever when trying it ends the worker', async () => {
    const letter = await die();
    await mend(letter.eventId);
    // As a worker leaves it that died in the middle of the try.
    await pipeline.rows(`update events.dead_letters set state = 'replaying', replay_started_at = now() where id = $1`, [
      letter.id,
    ]);

    await eventually(async () => (await stateOf(letter.id)) === 'dead');

    assert.match((await getLetter(ctx, letter.id)).error, /worker died/);
    await replayLetter(ctx, letter.id, 'once more');
    await eventually(async () => (await revenue()) === '7.00');
  });
});
