import type { Db } from '#platform/db/index.ts';
import { OPERATOR_COLUMNS, toOperator, type OperatorRow } from './queries.ts';
import type { Operator } from './types.ts';

export type ListedOperator = Operator & { openSessions: number };

/** Everyone, those who may sign in first. A platform has a handful of operators, so there are no pages. */
export async function listOperators(ctx: { db: Db }): Promise<ListedOperator[]> {
  const rows = await ctx
    .db<OperatorRow>('platform.operators as o')
    .select<(OperatorRow & { open_sessions: string })[]>(
      ...OPERATOR_COLUMNS,
      ctx.db.raw(
        '(select count(*) from platform.sessions s where s.operator_id = o.id and s.expire > now()) as open_sessions',
      ),
    )
    .orderBy([{ column: 'active', order: 'desc' }, { column: 'name' }, { column: 'id' }]);
  return rows.map((row) => ({ ...toOperator(row), openSessions: Number(row.open_sessions) }));
}
