import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { columnOf } from './csv.ts';
import { judgeEntries } from './judge.ts';
import { deleteApplicationsBefore, insertApplication, insertLines, type JudgedLine } from './queries.ts';
import { readFile } from './read.ts';
import type { FileFormat, FileLine } from './types.ts';

/** So many are looked at at once. */
const LINES_AT_ONCE = 500;
const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

/**
 * Reads a file of stores and fixes what it would do line by line, for somebody to look at and confirm. Returns the id of
 * the application; nothing is changed. A line that is wrong is refused by itself; throws InvalidInput, naming the field
 * `content`, when the file cannot be read as a whole.
 */
export async function planApplication(
  ctx: Context,
  { format, content }: { format: FileFormat; content: string },
): Promise<string> {
  const lines = await readFile({ format, content });
  return withTransaction(ctx, async (tx) => {
    const [id, at] = [newId(), tx.clock.now()];
    await deleteApplicationsBefore(tx.db, new Date(at.getTime() - FORGET_AFTER_MS));
    await insertApplication(tx.db, { id, format, createdBy: tx.actor.label, at });
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE)
      await insertLines(
        tx.db,
        id,
        await judgeLines(tx, { format, lines: lines.slice(from, from + LINES_AT_ONCE), first: from + 1 }),
      );
    return id;
  });
}

type Portion = { format: FileFormat; lines: readonly FileLine[]; first: number };

async function judgeLines(tx: Context, { format, lines, first }: Portion): Promise<JudgedLine[]> {
  const verdicts = (
    await judgeEntries(
      tx,
      lines.flatMap(({ entry }) => (entry ? [entry] : [])),
    )
  ).values();
  return lines.map(({ line, slug, entry, faults }, index) => {
    const place = { position: first + index, line, slug };
    if (!entry)
      return { ...place, entry, tenantId: undefined, action: 'refused', changes: [], faults, adminKept: false };
    const { version: _version, ...verdict } = verdicts.next().value!;
    const named = verdict.faults.map((it) => ({ ...it, field: format === 'csv' ? columnOf(it.field) : it.field }));
    return { ...place, entry, ...verdict, faults: named };
  });
}
