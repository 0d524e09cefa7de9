import assert from 'node:assert/strict';
import { canRestore, type Drift } from '#domain/edge/index.ts';
import { barToAdoption, stateIn, type NameOwner } from '#domain/edge/drift/policy.ts';

const document = {
  slug: 'acme',
  name: 'Acme',
  status: 'live',
  revision: 3,
  logo_url: null,
  features: {},
  primary_color: '#112233',
  secondary_color: '#445566',
  locale: 'pt-BR',
  currency: 'BRL',
  timezone: 'America/Sao_Paulo',
  theme_version: 1,
};
const finding = (kind: Drift['kind'], found: unknown = document): Drift => ({
  kind,
  name: 'acme',
  tenantId: undefined,
  expected: 'live:aa',
  actual: 'live:bb',
  dropletId: 'x',
  droplet: 'edge-1',
  found: typeof found === 'string' ? found : JSON.stringify(found),
  foundAt: new Date(),
  seenAt: new Date(),
});
const live: NameOwner = { status: 'live' };

describe('whether a finding can be adopted', () => {
  const cases: [string, Drift, NameOwner, string | undefined][] = [
    ['an edited file of a live store can', finding('edited'), live, undefined],
    ['one of a suspended store can', finding('edited'), { status: 'suspended' }, undefined],
    ['one of a store in another state cannot', finding('edited'), { status: 'archived' }, 'state'],
    ['bytes that are no document cannot', finding('edited', 'not JSON'), live, 'unreadable'],
    ['a document with a field too many cannot', finding('edited', { ...document, x: 1 }), live, 'unreadable'],
    ['another store’s document cannot', finding('edited', { ...document, slug: 'other' }), live, 'other_store'],
    ['a deleted file cannot', finding('deleted'), live, 'deleted'],
    ['a mode cannot', finding('mode'), live, 'mode'],
    ['maps cannot', finding('maps'), 'unlawful', 'maps'],
    ['something foreign cannot', finding('foreign'), 'unlawful', 'foreign'],
    ['a file of nobody is to become a store of its own', finding('unknown'), 'free', 'unknown_slug'],
    ['a file under somebody’s name is not', finding('unknown'), live, 'known_slug'],
    ['nor one under an alias', finding('unknown'), 'taken', 'known_slug'],
    ['nor one under a name that no store can have', finding('unknown'), 'unlawful', 'unlawful'],
    ['nor one that cannot be read', finding('unknown', '?'), 'free', 'unreadable'],
  ];
  for (const [what, drift, owner, expected] of cases)
    it(what, () => assert.equal(barToAdoption(drift, owner), expected));
});

describe('what an edge’s agent can take back', () => {
  it('is everything but foreign things, and of those a marker of no store', () => {
    const can = (kind: Drift['kind'], name: string) => canRestore({ kind, name });

    assert.ok(can('edited', 'acme') && can('unknown', 'acme') && can('maps', 'maps'));
    assert.ok(can('foreign', 'suspended/acme.json'));
    assert.ok(!can('foreign', 'tenants/acme.json'));
    assert.ok(!can('foreign', 'suspended/a??me.json'));
  });

  it('names the state of a place', () => {
    assert.deepEqual(['live:aa', 'suspended:bb', 'absent', undefined].map(stateIn), [
      'live',
      'suspended',
      undefined,
      undefined,
    ]);
  });
});
