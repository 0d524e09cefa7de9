import { connected } from '#ops/local/roles.ts';

/** What a peer runs on: the same as ours, as a superuser. */
export type Servers = { postgresUrl: string; redisUrl: string };

/** What a job carries, about as much as one of our events; `batch` tells which commit it came with. */
export type Job = { id: string; store: string; batch: number; total: string; filler: string };

/** A job queue with the best settings that its documentation gives. */
export type Peer = {
  name: string;
  /** Connects, and makes what it needs on first use. */
  openProducer(servers: Servers): Promise<{ enqueue(jobs: readonly Job[]): Promise<void>; close(): Promise<void> }>;
  /** Works until its process ends. */
  startConsumer(servers: Servers): Promise<void>;
};

export const QUEUE = 'bench';

/** The effect of a job: one row, less than what our engines write for an event. */
export const INSERT_EFFECT = 'insert into bench.effects (id, store, batch, total) values ($1, $2, $3, $4)';

/** The same for a peer that hands over many jobs at once. */
export const INSERT_EFFECTS = `
  insert into bench.effects (id, store, batch, total)
  select id, store, batch, total from jsonb_to_recordset($1::jsonb) as j (id uuid, store uuid, batch int, total numeric)`;

export const effectOf = ({ id, store, batch, total }: Job) => [id, store, batch, total];

export async function createEffects({ postgresUrl }: Servers): Promise<void> {
  await connected(postgresUrl, async (client) => {
    await client.query(`
      create schema bench;
      create table bench.effects (id uuid primary key, store uuid not null, batch int not null, total numeric not null)`);
  });
}
