import type { Context } from '#platform/context.ts';
import { insertHealth, insertMark, insertSamples, rollUp, type Memory } from './sampling-queries.ts';

export type MarkKind = 'deploy' | 'pause' | 'resume' | 'replay' | 'rebuild';

/**
 * Notes how far every stage is, and the health of what they run on: to be called every 5 s by the one relay that publishes,
 * Redis or no Redis. `memory` is what Redis said since the last call.
 */
export async function takeSamples(ctx: Context, stream: string, memory: Memory | undefined): Promise<void> {
  await insertSamples(ctx.db, stream);
  await insertHealth(ctx.db, stream, memory);
}

/** Makes a month of history of the samples; to be called about once a minute. Called twice it does nothing more. */
export async function condenseSamples(ctx: Context, stream: string): Promise<void> {
  await rollUp(ctx.db, stream);
}

/** Notes something that people did, or that happened to the stream, for the charts: its time is now. */
export async function markStream(ctx: Context, stream: string, kind: MarkKind, note = ''): Promise<void> {
  await insertMark(ctx.db, { stream, kind, by: ctx.actor.label, note });
}
