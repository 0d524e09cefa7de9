import { connected } from '#ops/local/roles.ts';

/** An hour of readings of a flow that had a jam half an hour ago, and the mark of what ended it. */
export async function fillHistory(superuserUrl: string): Promise<void> {
  await connected(superuserUrl, async (client) => {
    await client.query(`
      with moments as (
        select n, now() - (720 - n) * interval '5 seconds' as at, n * 10 as committed,
               case when n between 300 and 400 then 3000 when n between 401 and 500 then 3000 + (n - 400) * 20 else n * 10 end as done
          from generate_series(0, 719) n)
      insert into platform.stream_samples
        (stream, span_seconds, sampled_at, consumer_group, shard, published, processed, parked, backlog, oldest_age_ms, delays)
      select 'events:construction', 5, m.at, g.name, 0, m.committed, case g.name when 'relay' then m.committed else m.done end, 0,
             case g.name when 'relay' then 0 else m.committed - m.done end,
             case when g.name <> 'relay' and m.committed > m.done then (m.committed - m.done) * 100 end,
             case g.name when 'relay' then array[m.done] else array[0, 0, 0, m.done] end
        from moments m cross join (values ('relay'), ('engines')) as g (name)`);
    await client.query(`
      insert into platform.stream_marks (stream, marked_at, kind, made_by, note)
      values ('events:construction', now() - interval '25 minutes', 'deploy', 'outbox relay', 'infra:9101')`);
  });
}
