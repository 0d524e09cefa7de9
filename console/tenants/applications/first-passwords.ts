import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { stringify } from 'csv-stringify/sync';
import { getApplication, issueFirstPasswords } from '#domain/applications/index.ts';
import type { ConsoleContext } from '#console/context.ts';

/** First passwords as a table, each line written when its password is made: they are kept nowhere else. */
export async function sendFirstPasswords(ctx: ConsoleContext, id: string, res: Response): Promise<void> {
  // Before the head is sent: an application that there is not is a page of its own.
  await getApplication(ctx, id);
  res.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': 'attachment; filename="first-passwords.csv"',
    'Cache-Control': 'no-store',
  });
  await pipeline(passwordLines(ctx, id), res);
}

async function* passwordLines(ctx: ConsoleContext, id: string): AsyncGenerator<string> {
  yield lineOf(['slug', 'address', 'email', 'one_time_password']);
  for await (const { slug, email, password } of issueFirstPasswords(ctx, id))
    yield lineOf([slug, ctx.storeUrl(slug), email, password]);
}

const lineOf = (cells: string[]): string => stringify([cells], { escape_formulas: true, record_delimiter: 'windows' });
