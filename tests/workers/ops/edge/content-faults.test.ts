import assert from 'node:assert/strict';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { survive, type Fault } from './surviving.ts';

/** Has the database change what is to be sent for one store, as a fault on the way from our memory to the edge would. */
const damage = (slug: string, change: string) => async (lab: FaultLab) => {
  await lab.console.asSuperuser(`
    create function public.damage() returns trigger language plpgsql as $$ begin ${change}; return new; end $$;
    create trigger damage before insert on platform.edge_revision_files
      for each row when (new.slug = '${slug}') execute function public.damage()`);
  return () => lab.console.asSuperuser('drop function public.damage() cascade');
};

const withBytes = (text: string) =>
  `new.document := '${text}'; new.sha256 := encode(sha256(convert_to('${text}', 'utf8')), 'hex')`;

const badLocale = (slug: string) => async (lab: FaultLab) => {
  const row = lab.ctx.db('platform.tenants').where({ slug });
  await row.clone().update({ locale: 'x' });
  return async () => void (await row.clone().update({ locale: 'pt-BR' }));
};

const badHash = `new.sha256 := repeat('0', 64)`;
const tooMuch = withBytes(JSON.stringify({ slug: 'SLUG', filler: 'x'.repeat(65_536) }));
const refused = (reason: RegExp) => ({ code: 'agent_refused', says: reason });
const withoutDelta = { ends: { withoutStores: ['delta'] }, alerts: ['delta could not be published'] };

const FAULTS: Fault[] = [
  {
    what: 'a document that breaks its schema',
    publishes: 'acme',
    break: badLocale('acme'),
    ends: { code: 'tenant_document_invalid', says: /The tenant JSON of acme is not valid: locale/ },
  },
  { what: 'one document of many that breaks its schema', publishes: 'all', break: badLocale('delta'), ...withoutDelta },
  {
    what: 'bytes that are not those that were hashed',
    publishes: 'acme',
    break: damage('acme', badHash),
    ends: refused(/bad acme: its bytes do not have the announced sha256/),
  },
  {
    what: 'one file of many with bytes of another hash',
    publishes: 'all',
    break: damage('delta', badHash),
    ...withoutDelta,
  },
  {
    what: 'JSON that is no document',
    publishes: 'acme',
    break: damage('acme', withBytes('"acme"')),
    ends: refused(/bad acme: this is not the JSON of that store/),
  },
  {
    what: 'one file of many with the document of another store',
    publishes: 'all',
    break: damage('delta', withBytes('{"slug":"acme"}')),
    ...withoutDelta,
  },
  {
    what: 'a document that is too large',
    publishes: 'acme',
    break: damage('acme', tooMuch.replaceAll('SLUG', 'acme')),
    ends: refused(/bad acme: a store's file has at most 65536 bytes/),
  },
  {
    what: 'one document of many that is too large',
    publishes: 'all',
    break: damage('delta', tooMuch.replaceAll('SLUG', 'delta')),
    ...withoutDelta,
  },
];

describe('what is published is bad', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  before(async () => {
    lab = await openFaultLab();
  });
  after(() => lab?.close());

  for (const fault of FAULTS) it(`survives ${fault.what}`, () => survive(lab, fault));

  it('publishes a name with all that a shell or a text tool could stumble over as it is', async () => {
    const name = '$(reboot) `id` \\ " \' \n\t\u2028\u202E %s {} ; rm -rf / | 日本 🏗';

    const job = await lab.finished(await lab.rename('acme', name));

    assert.equal(job.status, 'succeeded', job.errorMessage);
    assert.equal((await lab.served('acme.localhost'))?.name, name);
  });
});
