import pg from 'pg';

/** Tables of every schema of ours in whose rows, read as text, one of these words stands; with the number of such rows. */
export async function tablesThatSay(superuserUrl: string, words: string[]): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(EVERY_TABLE);
    const found: Record<string, number> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int as count from ${name} t where t::text like any ($1)`,
        [words.map((word) => `%${word}%`)],
      );
      if (rows[0]!.count > 0) found[name] = rows[0]!.count;
    }
    return found;
  } finally {
    await client.end();
  }
}

const EVERY_TABLE = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and n.nspname in ('platform', 'construction', 'engines', 'events', 'graphile_worker')
   order by 1`;
