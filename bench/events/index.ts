import { openEventLab } from '#tests/support/event-lab.ts';
import { medianOf, type Measure } from '../measure.ts';
import { fillOutbox } from './backlog.ts';
import { drain } from './drain.ts';

const EVENTS = 100_000;
const RUNS = 3;

/** The whole event pipeline on servers of its own, with commits that wait for the disk. Takes about two minutes. */
export async function run(say: (line: string) => void): Promise<Measure[]> {
  const lab = await openEventLab({ shards: 1, tenants: 50, fsync: true });
  try {
    const drained: Awaited<ReturnType<typeof drain>>[] = [];
    for (let n = 1; n <= RUNS; n++) {
      say(`draining ${EVENTS} events, ${n} of ${RUNS} …`);
      await fillOutbox(lab, EVENTS);
      drained.push(await drain(lab, EVENTS));
    }
    const peaksOf = (name: string) => drained.map(({ peakMb }) => peakMb[name]!);
    return [
      medianOf(
        { id: 'events.drain_per_s', unit: '/s', goal: '>= 10000' },
        drained.map(({ seconds }) => EVENTS / seconds),
      ),
      medianOf({ id: 'events.relay_mb', unit: 'MB', goal: '<= 100' }, peaksOf('relay 1')),
      medianOf({ id: 'events.worker_mb', unit: 'MB', goal: '<= 150' }, peaksOf('worker 1')),
    ];
  } finally {
    await lab.close();
  }
}
