import type { Db } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import { OPERATOR_COLUMNS, toOperator, type OperatorRow } from './queries.ts';
import type { Operator } from './types.ts';

type ListedOperator = Operator & { openSessions: number };

/** Everyone, those who may sign in first. A platform has a handful of operators, so there are no pages. */
export async function listOperators(ctx: { db: Db }): Promise<ListedOperator[]> {
  const rows = await withSessions(ctx.db).orderBy([
    { column: 'active', order: 'desc' },
    { column: 'name' },
    { column: 'id' },
  ]);
  return rows.map(toListed);
}

/** Throws NotFound `operator_not_found`. */
export async function getOperator(ctx: { db: Db }, id: string): Promise<ListedOperator> {
  const [row] = isId(id) ? await withSessions(ctx.db).where({ id }) : [];
  if (!row) throw new NotFound('operator_not_found', 'There is no such operator.');
  return toListed(row);
}

type ListedRow = OperatorRow & { open_sessions: string };

function withSessions(db: Db) {
  const openSessions = db.raw(
    '(select count(*) from platform.sessions s where s.operator_id = o.id and s.expire > now()) as open_sessions',
  );
  return db<OperatorRow>('platform.operators as o').select<ListedRow[]>(...OPERATOR_COLUMNS, openSessions);
}

function toListed(row: ListedRow): ListedOperator {
  return { ...toOperator(row), openSessions: Number(row.open_sessions) };
}
