import assert from 'node:assert/strict';
import { createContext } from '#platform/context.ts';
import { openDatabase } from '#platform/db/index.ts';
import { silentLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { createRelayMetrics } from '#workers/relay/relay-metrics.ts';
import { startRelayLoop } from '#workers/relay/relay-loop.ts';
import { createWakeSignal } from '#workers/wake-signal.ts';

describe('what a relay says of its Redis', () => {
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
  });
  after(() => pipeline?.remove());

  /** The first thing it says at info or above once the stream is built in this Redis, or `undefined` when it says none. */
  const saidBuilding = async (): Promise<string | undefined> => {
    const url = pipeline.database.url('bc_relay');
    const database = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger });
    const said: string[] = [];
    const say = (_fields: object, message: string) => void said.push(message);
    const log: Logger = { ...silentLogger, info: say, warn: say, error: say };
    const ctx = createContext({ ...pipeline.store, db: database.db, log });
    const metrics = createRelayMetrics(createMetrics('relay'));
    let isBuilt = false;
    const loop = startRelayLoop({
      ctx,
      redis: pipeline.look,
      holder: `test-${performance.now()}`,
      wake: createWakeSignal(),
      metrics: { ...metrics, published: () => (isBuilt = true) },
    });
    await eventually(() => isBuilt);
    await loop.stop();
    await database.stop();
    return said[0];
  };

  it('is nothing when the stream is made for the first time', async () => {
    assert.equal(await saidBuilding(), undefined);
  });

  it('is that no event is missing when it has lost its data and none was waiting', async () => {
    await pipeline.look.client.flushall();

    assert.equal(await saidBuilding(), 'Redis restarted, or is another one; no event is missing');
  });
});
