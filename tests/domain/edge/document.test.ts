import assert from 'node:assert/strict';
import {
  contentHash,
  documentFault,
  documentText,
  draftDocument,
  parseDocument,
  sha256,
} from '#domain/edge/document.ts';
import { DEFAULT_BRANDING, type Tenant } from '#domain/tenants/index.ts';

const at = new Date(0);
const tenant: Tenant = {
  id: '01939b1e-0000-7000-8000-000000000001',
  slug: 'acme',
  name: 'Acme "Materiais" & Cia',
  status: 'provisioning',
  statusReason: undefined,
  statusChangedAt: at,
  archivedAt: undefined,
  archivedFrom: undefined,
  deleteAfter: undefined,
  plan: 'standard',
  adminEmail: 'maria@acme.example',
  locale: 'pt-BR',
  currency: 'BRL',
  timezone: 'America/Sao_Paulo',
  createdAt: at,
  updatedAt: at,
  version: 1,
};
const source = { tenant, branding: DEFAULT_BRANDING, slug: 'acme', state: 'live' } as const;

describe('the tenant JSON', () => {
  it('tells the public nothing but what it may know', () => {
    const text = documentText(draftDocument(source, 7));

    assert.deepEqual(Object.keys(JSON.parse(text)), [
      'slug',
      'name',
      'status',
      'revision',
      'logo_url',
      'primary_color',
      'secondary_color',
      'features',
      'locale',
      'currency',
      'timezone',
      'theme_version',
    ]);
    assert.ok(!text.includes(tenant.id) && !text.includes(tenant.adminEmail));
  });

  it('has the same bytes for the same content, however the features were ordered', () => {
    const one = { ...source, branding: { ...DEFAULT_BRANDING, features: { delivery: true, chat: false } } };
    const two = { ...source, branding: { ...DEFAULT_BRANDING, features: { chat: false, delivery: true } } };

    assert.equal(documentText(draftDocument(one, 7)), documentText(draftDocument(two, 7)));
  });

  it('says the same under another revision, and something else when anything changed', () => {
    const content = (change: object, revision = 7) => contentHash(draftDocument({ ...source, ...change }, revision));

    assert.equal(content({}), content({}, 8));
    assert.notEqual(content({}), content({ state: 'suspended' }));
    assert.notEqual(content({}), content({ tenant: { ...tenant, name: 'Acme' } }));
  });

  it('has the hash that sha256sum would print', () => {
    assert.equal(sha256('{}'), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });

  const invalid: [string, object][] = [
    ['primary_color', { branding: { ...DEFAULT_BRANDING, primaryColor: 'red; } body { display: none' } }],
    ['slug', { slug: '../etc' }],
    ['name', { tenant: { ...tenant, name: '' } }],
  ];
  for (const [field, change] of invalid)
    it(`is refused before anything is sent when its ${field} is bad, naming it`, () => {
      assert.match(documentFault(draftDocument({ ...source, ...change }, 7)) ?? '', new RegExp(`\\b${field}\\b`));
    });

  it('is read back from its bytes, and from no others', () => {
    const document = draftDocument(source, 7);

    assert.deepEqual(parseDocument(documentText(document)), document);
    assert.equal(parseDocument(documentText(document).slice(1)), undefined);
    assert.equal(parseDocument(JSON.stringify({ ...document, password: 'x' })), undefined);
  });
});
