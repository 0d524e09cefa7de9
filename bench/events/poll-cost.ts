import { FIRST_TENANT, listWaiting } from '#domain/events/index.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import { drawStores } from './backlog.ts';

const MANY = 1_000_000;
const FEW = 1000;
const CHUNK = 50_000;
const LIMIT = 500;
const ROUNDS = 5;
const FETCHES = 20;

type Polled = { lab: EventLab; relay: Database };

/** Two databases that differ in how many events wait: a thousand and a million. */
export async function openBacklogs(): Promise<{ measure(): Promise<number[]>; close(): Promise<void> }> {
  const [few, many] = [await openBacklog(FEW), await openBacklog(MANY)];
  return {
    measure: () => measureRatios(few, many),
    async close() {
      for (const { lab, relay } of [few, many]) {
        await relay.stop();
        await lab.close();
      }
    },
  };
}

/** Takes turns, so that whatever else happens on the machine happens to both. One ratio of medians per round. */
async function measureRatios(few: Polled, many: Polled): Promise<number[]> {
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [ofFew, ofMany]: [number[], number[]] = [[], []];
    for (let fetch = 0; fetch < FETCHES; fetch++) {
      ofFew.push(await timeFetch(few));
      ofMany.push(await timeFetch(many));
    }
    // The first one warms up.
    if (round > 0) ratios.push(middle(ofMany) / middle(ofFew));
  }
  return ratios;
}

async function timeFetch({ relay }: Polled): Promise<number> {
  const startedAt = performance.now();
  await listWaiting(relay.db, { after: FIRST_TENANT, limit: LIMIT, except: [] });
  return performance.now() - startedAt;
}

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function openBacklog(count: number): Promise<Polled> {
  const lab = await openEventLab({ shards: 1, tenants: 50, fsync: false });
  // What they write is written here in bulk: a million calls would take minutes.
  await lab.rows('alter table events.outbox disable trigger user');
  for (let left = count; left > 0; left -= CHUNK) {
    const stores = drawStores(lab.tenants, Math.min(CHUNK, left));
    await lab.rows(FILL, [stores]);
  }
  await lab.rows('vacuum analyze events.outbox, events.pending');
  return { lab, relay: openDatabase({ url: lab.relayUrl, poolMax: 1, applicationName: 'bench', log: silentLogger }) };
}

const FILL = `
  with event as (
    insert into events.outbox (event_id, seq, tenant_id, type, schema_version, aggregate_type, aggregate_id,
                               aggregate_version, occurred_at, correlation_id, payload)
    select gen_random_uuid(), nextval('events.outbox_seq'), tenant_id, 'order_created', 1, 'order', gen_random_uuid(), 1,
           now(), 'bench', jsonb_build_object('order_id', gen_random_uuid(), 'filler', repeat('x', 150))
      from unnest($1::uuid[]) as drawn (tenant_id)
    returning tenant_id, event_id, seq, type, created_at)
  insert into events.pending (tenant_id, event_id, seq, type, created_at)
  select tenant_id, event_id, seq, type, created_at from event`;
