import assert from 'node:assert/strict';
import pg from 'pg';
import {
  changeFaces,
  DEFAULT_BRANDING,
  getTenant,
  resumeTenant,
  suspendTenant,
  updateTenant,
} from '#domain/tenants/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { startProber } from '#tests/support/prober.ts';

const SLOW = 'by a slow console';
const GATE = 4243;

/** A process that is slow between what it reads and the number it draws for it: other numbers are drawn meanwhile. */
const SLOW_CONSOLE = `
  create function public.be_slow() returns trigger language plpgsql security definer as $$ begin
    perform pg_advisory_xact_lock(${GATE});
    new.number := nextval('platform.edge_revisions_number_seq');
    return new;
  end $$;
  create trigger be_slow before insert on platform.edge_revisions
    for each row when (new.reason = '${SLOW}') execute function public.be_slow()`;
const WAITING = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`;

describe('several consoles and operators at one edge', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  beforeEach(async () => {
    // As in production: many at one database wait for a connection now and then, and try again.
    lab = await openFaultLab({ workers: 2, retry: { attempts: 4, firstDelayMs: 250 } });
  });
  afterEach(() => lab?.close());

  const changeAll = (name: string, reason: string) => {
    const { themeVersion: _, ...branding } = DEFAULT_BRANDING;
    const changes = lab.stores.map(({ tenantId, slug }) => ({ tenantId, name: `${name} ${slug}`, branding }));
    return changeFaces(lab.ctx, { changes, reason, action: 'tenant.updated' });
  };
  const done = async (jobId: string) => {
    const job = await lab.finished(jobId);
    assert.equal(job.status, 'succeeded', job.errorMessage);
  };
  const nameOf = async (slug: string) => (await lab.served(`${slug}.localhost`))?.name;
  const statusOf = async (slug: string) => (await getTenant(lab.ctx, slug)).status;

  it('what a slow one publishes takes back neither a suspension nor a name that came meanwhile', async () => {
    const gate = new pg.Client({ connectionString: lab.console.superuserUrl });
    await gate.connect();
    await lab.console.asSuperuser(SLOW_CONSOLE);
    await gate.query('select pg_advisory_lock($1)', [GATE]);
    const slow = await changeAll('Slow', SLOW);
    await eventually(async () => (await gate.query(WAITING)).rowCount);

    await done((await suspendTenant(lab.ctx, 'bravo', { reason: 'unpaid' })).jobId);
    await done(await lab.rename('acme', 'Newer'));
    await gate.query('select pg_advisory_unlock($1)', [GATE]);
    await done(slow);
    await gate.end();

    assert.equal(await nameOf('bravo'), undefined);
    assert.equal(await nameOf('acme'), 'Newer');
    assert.equal(await nameOf('carla'), 'Slow carla');
  });

  it('a store that is being opened is not closed again by what publishes it among others', async () => {
    await done((await suspendTenant(lab.ctx, 'bravo', { reason: 'unpaid' })).jobId);
    await lab.edge.sabotageAgent(`${lab.gate.lines} mv() { [[ $2 != -t ]] || reach; command mv "$@"; }`);
    const resumption = await resumeTenant(lab.ctx, 'bravo');
    await lab.gate.reached();

    const batch = await changeAll('Batch', 'a test');
    await eventually(async () => (await lab.ctx.db('platform.job_steps').where({ job_id: batch }).max('attempts as n').first())?.n); // prettier-ignore
    await lab.gate.open();
    await done(resumption.jobId);
    await done(batch);

    assert.equal(await statusOf('bravo'), 'live');
    assert.equal(await nameOf('bravo'), 'Batch bravo');
  });

  it('of two operators who edit one store at once, the second is told', async () => {
    const { version } = await getTenant(lab.ctx, 'acme');

    const edits = await Promise.allSettled(
      ['First', 'Second'].map((name) => updateTenant(lab.ctx, 'acme', { version, changes: { name } })),
    );

    const codes = edits.map((edit) =>
      edit.status === 'rejected' ? String((edit.reason as { code?: string }).code) : 'done',
    );
    assert.deepEqual(codes.toSorted(), ['done', 'version_conflict']);
    const winner = edits.find((edit) => edit.status === 'fulfilled')!.value;
    await done(winner.jobId!);
    assert.equal(await nameOf('acme'), winner.tenant.name);
  });

  it('all who publish the same stores at once come to an end, and the last word is what visitors see', async () => {
    const prober = startProber(lab.edge.url, { slugs: lab.slugs });

    const jobs: string[] = [];
    for (let round = 1; round <= 3; round++) {
      jobs.push(await lab.renameAll(`Round ${round}`));
      for (const slug of lab.slugs) jobs.push(await lab.rename(slug, `${slug} in round ${round}`));
      jobs.push(await lab.publishAll(), await lab.addDomain('acme', `www-${round}.acme.example`));
    }
    for (const job of jobs) await done(job);

    assert.deepEqual((await prober.stop()).misses, []);
    for (const slug of lab.slugs) assert.equal(await nameOf(slug), `${slug} in round 3`);
    const open = await lab.ctx.db('platform.edge_revisions').whereIn('outcome', ['pending', 'sent']).pluck('number');
    assert.deepEqual(open, []);
    assert.deepEqual(await lab.openAlerts(), []);
  });

  it('a database that fails between the edge’s answer and its being written down changes nothing', async () => {
    await lab.console.asSuperuser(`
      create sequence public.failures;
      grant usage on sequence public.failures to public;
      create function public.fail_once() returns trigger language plpgsql as $$ begin
        if nextval('public.failures') = 1 then raise 'out of memory'; end if;
        return new;
      end $$;
      create trigger fail_once before insert on platform.edge_files for each row execute function public.fail_once()`);

    await done(await lab.renameAll('Lost'));

    assert.equal(await nameOf('heitor'), 'Lost heitor');
  });

  it('a database that cuts everybody off in the middle of a publication only delays it', async () => {
    await lab.edge.sabotageAgent(`${lab.gate.lines} mv() { [[ $2 != -t ]] || reach; command mv "$@"; }`);
    const jobId = await lab.renameAll('Cut off');
    await lab.gate.reached();

    await lab.console.asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity
                                    where datname = current_database() and application_name = 'ops-test'`);
    await lab.gate.open();
    await done(jobId);

    assert.equal(await nameOf('heitor'), 'Cut off heitor');
  });
});
