import { addManyTenants } from '#tests/support/many-tenants.ts';
import { asSuperuser, onFreshPlatform } from '../fresh-platform.ts';
import { signInToConsole } from '../foundation/console-session.ts';
import { expectStatus } from '../web-client.ts';

const STORES = 10_000;
const WAITING_OF_EACH = 20;
const ROUNDS = 3;
const PER_ROUND = 15;

/** 200,000 events of 10,000 stores, half of them with their workers. */
const FILL = `
  insert into events.pending (tenant_id, event_id, seq, type, created_at, published_at, shard, stream_id)
  select t.id, gen_random_uuid(), nextval('events.outbox_seq'), (array['sale_recorded', 'quote_sent', 'order_created'])[n % 3 + 1],
         now() - n * interval '1 second', case when n % 2 = 0 then now() end, case when n % 2 = 0 then 0 end,
         case when n % 2 = 0 then '1-' || n end
    from platform.tenants t, generate_series(1, ${WAITING_OF_EACH}) n where t.slug like 'loja-%'`;

/** Whole pages over loopback, one at a time, in ms: the screen, and what it asks for again and again. */
export async function measurePage(): Promise<number[][]> {
  return onFreshPlatform(async (platform) => {
    const { relay, engines, ops } = await platform.pids();
    const idle = [relay!, engines!, ops!];
    for (const pid of idle) process.kill(pid, 'SIGSTOP');
    try {
      await asSuperuser(platform, async (query) => {
        await addManyTenants({ asSuperuser: query }, STORES);
        await query(FILL);
        await query('vacuum analyze events.pending');
      });
      const operator = await signInToConsole(platform);
      const visit = async (page: string) => {
        const startedAt = performance.now();
        expectStatus(await operator.get(page), 200, page);
        return performance.now() - startedAt;
      };
      const rounds: number[][] = [];
      await visit('/streams');
      for (let round = 0; round < ROUNDS; round++) {
        const samples: number[] = [];
        for (let n = 0; n < PER_ROUND; n++) samples.push(await visit('/streams'), await visit('/streams/figures'));
        rounds.push(samples);
      }
      operator.close();
      return rounds;
    } finally {
      for (const pid of idle) process.kill(pid, 'SIGCONT');
    }
  });
}
