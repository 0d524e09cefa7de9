import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '#platform/context.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { deleteOutput, insertOutput } from './queries.ts';

/** Often enough to watch, seldom enough that a chatty verb does not keep the database busy. */
const FLUSH_MS = 200;
/** What is kept of one job; a manifest of 10,000 stores is about 1.2 MB. */
const MAX_CHARACTERS = 2_000_000;
const CUT = '\n[more was printed than is kept]\n';

/** What a job prints while it runs, kept piece by piece for whoever watches it. */
class JobOutput {
  readonly #ctx: Context;
  readonly #jobId: string;
  readonly #ending = new AbortController();
  #pending = '';
  #kept = 0;
  #seq = 0;
  #flushing: Promise<void> = Promise.resolve();
  #isFlushing = false;

  constructor(ctx: Context, jobId: string) {
    this.#ctx = ctx;
    this.#jobId = jobId;
  }

  /** Takes text as it comes; the first piece is kept at once, later ones together. Never throws. */
  write(text: string): void {
    const room = MAX_CHARACTERS - this.#kept;
    if (room <= 0) return;
    // The database takes every character but this one.
    const fit = text.replaceAll('\0', '').slice(0, room);
    this.#kept += fit.length;
    this.#pending += this.#kept < MAX_CHARACTERS ? fit : fit + CUT;
    if (this.#isFlushing) return;
    this.#flushing = this.#flush();
    this.#flushing.catch(ignoreBecause('end() tells it'));
  }

  /** Resolves when everything is kept; rejects when something could not be. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    const { db, clock } = this.#ctx;
    while (this.#pending !== '') {
      const text = this.#pending;
      this.#pending = '';
      this.#seq += 1;
      await insertOutput(db, { jobId: this.#jobId, seq: this.#seq, at: clock.now(), text });
      await pause(FLUSH_MS, undefined, { signal: this.#ending.signal }).catch(
        ignoreBecause('the last piece waits not'),
      );
    }
    this.#isFlushing = false;
  }
}

/** Opens the output of a job anew: what an earlier try of it printed is gone. */
export async function openJobOutput(ctx: Context, jobId: string): Promise<JobOutput> {
  await deleteOutput(ctx.db, jobId);
  return new JobOutput(ctx, jobId);
}
