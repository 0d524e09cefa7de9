import { parseArgs } from 'node:util';
import { openStormLab, runStorm } from './storm.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!(rounds > 0) || !Number.isInteger(seed)) {
  process.stderr.write('Usage: npm run chaos -- --rounds N [--seed S], both whole numbers\n');
  process.exit(64);
}

process.stdout.write(`${rounds} rounds, seed ${seed}\n`);
const lab = await openStormLab();
try {
  await runStorm(lab, {
    rounds,
    seed,
    say: ({ round, faults, events, drainedMs }) =>
      process.stdout.write(
        `round ${round}: ${faults.join(', ')}; ${events} events, drained in ${(drainedMs / 1000).toFixed(1)} s\n`,
      ),
  });
  process.stdout.write('nothing lost, nothing doubled, every aggregate in its order\n');
} finally {
  await lab.close();
}
