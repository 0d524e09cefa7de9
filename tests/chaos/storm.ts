import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { createDice, type Dice } from './dice.ts';
import { startLoad } from './load.ts';
import { assertNothingLostOrDoubled, RECORDER } from './verdict.ts';

type Lab = EventLab & { fleet: Fleet };
type Fault = { name: string; strike(lab: Lab, dice: Dice): Promise<void> };

/** What may happen; a worker's lease is 10 s and a relay's 5 s, so a frozen one may or may not sleep through its own. */
const FAULTS: readonly Fault[] = [
  { name: 'kill -9', strike: (lab, dice) => dice.pick(lab.fleet.members).kill() },
  { name: 'kill -9 two', strike: (lab, dice) => killTwo(lab, dice) },
  { name: 'freeze', strike: freeze },
  { name: 'crash PostgreSQL', strike: (lab) => lab.crashPostgres() },
  { name: 'crash Redis', strike: (lab) => lab.crashRedis() },
  { name: 'flush Redis', strike: flush },
];

const LONGEST_FREEZE_MS = 12_000;

type Round = { round: number; faults: string[]; events: number; drainedMs: number };

/** Three relays and four workers on four shards, and a record of every effect. */
export async function openStormLab(): Promise<Lab> {
  const lab = await openEventLab({ shards: 4, tenants: 8, fsync: false });
  await lab.rows(RECORDER);
  return { ...lab, fleet: await lab.startFleet({ relays: 3, workers: 4 }) };
}

/**
 * Rounds of load and faults. After each the load stops, what waits is drained, and nothing may be lost, doubled or out of
 * order; the first that is ends the storm with an error that names the seed. `say` is told of each round.
 */
export async function runStorm(
  lab: Lab,
  { rounds, seed, say = () => undefined }: { rounds: number; seed: number; say?: (round: Round) => void },
): Promise<void> {
  const dice = createDice(seed);
  for (let round = 1; round <= rounds; round++) {
    const load = startLoad(lab, seed * 1000 + round);
    const faults: string[] = [];
    await pause(300);
    for (let n = 1 + dice.roll(3); n > 0; n--) {
      const fault = dice.pick(FAULTS);
      faults.push(fault.name);
      await fault.strike(lab, dice);
      await pause(dice.roll(500));
    }
    await load.stop();
    try {
      const { events, drainedMs } = await assertNothingLostOrDoubled(lab);
      say({ round, faults, events, drainedMs });
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${faults.join(', ')}`, { cause: error });
    }
  }
}

async function killTwo({ fleet }: Lab, dice: Dice): Promise<void> {
  const one = dice.pick(fleet.members);
  const other = dice.pick(fleet.members.filter((member) => member !== one));
  await Promise.all([one.kill(), other.kill()]);
}

async function freeze({ fleet }: Lab, dice: Dice): Promise<void> {
  const member = dice.pick(fleet.members);
  member.freeze();
  await pause(500 + dice.roll(LONGEST_FREEZE_MS));
  member.thaw();
}

async function flush({ redisUrl }: Lab): Promise<void> {
  const client = new Redis(redisUrl, { lazyConnect: true });
  await client.connect();
  await client.flushall();
  client.disconnect();
}
