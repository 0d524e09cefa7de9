import { openStormLab, runStorm } from './storm.ts';

describe('a pipeline in a storm of faults', function () {
  this.timeout(300_000);
  let lab: Awaited<ReturnType<typeof openStormLab>>;

  before(async () => {
    lab = await openStormLab();
  });
  after(() => lab?.close());

  it('loses nothing, doubles nothing and keeps the order of every aggregate', async () => {
    await runStorm(lab, { rounds: 3, seed: 20_261_126 });
  });
});
