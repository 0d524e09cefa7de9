type Query = <T = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<T[]>;

export type CommitFaults = {
  /** While `work` runs, no transaction that wrote to one of `tables` can commit. */
  during(tables: readonly string[], work: () => Promise<void>): Promise<void>;
  /** Everything that is in the tables. */
  snapshot(): Promise<unknown>;
};

export const COMMIT_REFUSED = /the commit was refused on purpose/;

/** With its owner's rights: the roles that write know nothing of it. A row's table may be a partition: hence the argument. */
const REFUSAL = `
  create table public.refused_tables (name text primary key);
  create function public.refuse_commit() returns trigger language plpgsql security definer as $$
    begin
      if exists (select from public.refused_tables where name = tg_argv[0]) then
        raise exception 'the commit was refused on purpose';
      end if;
      return null;
    end $$`;

/**
 * Lets commits fail on demand, later than every statement of their transaction: whatever was written on another connection
 * is then left behind for all to see. `query` must be a superuser's.
 */
export async function createCommitFaults(query: Query, tables: readonly string[]): Promise<CommitFaults> {
  const triggers = tables.map(
    (table) =>
      `create constraint trigger refuse_commit after insert or update or delete on ${table}
         deferrable initially deferred for each row execute function public.refuse_commit('${table}')`,
  );
  await query([REFUSAL, ...triggers].join(';'));
  const contents = tables.map(
    (table) =>
      `select '${table}' as name, (select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from ${table} t) as rows`,
  );
  return {
    async during(wanted, work) {
      await query('insert into public.refused_tables select unnest($1::text[])', [wanted]);
      try {
        await work();
      } finally {
        await query('truncate public.refused_tables');
      }
    },
    snapshot: () => query(contents.join(' union all ')),
  };
}
