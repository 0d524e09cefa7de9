import { openLab, type Lab } from './lab.ts';
import { runStorm } from './storm.ts';

describe('a pipeline in a storm of faults', function () {
  this.timeout(300_000);
  let lab: Lab;

  before(async () => {
    lab = await openLab({ relays: 3, workers: 4, shards: 4, tenants: 8 });
  });
  after(() => lab?.close());

  it('loses nothing, doubles nothing and keeps the order of every aggregate', async () => {
    await runStorm(lab, { rounds: 3, seed: 20_261_126 });
  });
});
