import assert from 'node:assert/strict';
import { z } from 'zod';
import * as schemas from '#console/tenants/applications/schemas.ts';
import { applyLines } from '#domain/applications/index.ts';
import { createFirstUser } from '#domain/construction/users/index.ts';
import { createTenantRecords, getTenant, markLive } from '#domain/tenants/index.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

const content = (count: number) =>
  JSON.stringify(
    Array.from({ length: count }, (_, index) => ({
      slug: `api-${index}`,
      name: `Loja ${index}`,
      admin: { name: 'Ana', email: `ana@api${index}.test` },
    })),
  );

describe('/api/v1/tenant-applications', function () {
  this.timeout(40_000);
  let console: TestConsole;
  let api: Api;

  before(async () => {
    console = await openTestConsole();
    api = await apiOf(console, 'operator');
  });
  after(() => console?.stop());

  const plan = (body: object) => api.post('/tenant-applications').send(body);

  it('reports, lists the lines page by page, and does what was reported once it is confirmed', async () => {
    const answer = await plan({ format: 'yaml', content: content(60) }).expect(201);
    z.strictObject(schemas.plannedApplication.shape).parse(answer.body);
    const { application, lines } = answer.body;
    assert.equal(answer.headers.location, `/api/v1/tenant-applications/${application.id}`);
    assert.deepEqual([application.create, lines.items.length, lines.has_more], [60, 50, true]);
    const rest = await api.get(`/tenant-applications/${application.id}/lines?cursor=${lines.next_cursor}`).expect(200);
    assert.deepEqual([rest.body.items.length, rest.body.items[9].slug, rest.body.has_more], [10, 'api-59', false]);

    const done = await api.post(`/tenant-applications/${application.id}/confirmation`).send({}).expect(202);

    z.strictObject(schemas.acceptedApplication.shape).parse(done.body);
    assert.deepEqual([done.body.job.kind, done.body.job.subject], ['tenants.apply', '60 stores']);
    assert.equal(done.headers.location, `/api/v1/jobs/${done.body.job.id}`);
    const again = await api.post(`/tenant-applications/${application.id}/confirmation`).send({}).expect(409);
    assert.deepEqual([again.body.code, again.body.job_id], ['application_confirmed', done.body.job.id]);
  });

  it('answers a retry with the first report', async () => {
    const ask = () => plan({ format: 'yaml', content: '[{"slug":"twice"}]' }).set('Idempotency-Key', 'apply-1');

    const [first, second] = [await ask().expect(201), await ask().expect(201)];

    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.equal(second.body.application.id, first.body.application.id);
  });

  it('says of a line and of a file what is wrong', async () => {
    const { lines } = (await plan({ format: 'csv', content: 'slug,admin_email\nacme,nobody' }).expect(201)).body;
    assert.deepEqual(
      [lines.items[0].action, lines.items[0].errors[0].field, lines.items[0].errors[0].message],
      ['refused', 'admin_email', 'Type an e-mail address like maria@loja.com.br.'],
    );
    const unread = await plan({ format: 'csv', content: 'nome\nAcme' }).expect(422);
    assert.deepEqual([unread.body.code, unread.body.errors[0].path], ['unknown_column', 'content']);
    await plan({ format: 'xml', content: '' }).expect(422);
    await plan({ format: 'csv', content: `slug\n${'x'.repeat(1_900_000)}` }).expect(201);
    await api.get('/tenant-applications/01939b1e-0000-7000-8000-0000000000ff').expect(404);
  });

  it('issues first passwords as CSV, with the address to sign in at', async () => {
    const entry = { slug: 'senhas', name: 'Senhas', admin: { name: 'Ana', email: 'ana@senhas.test' } };
    const { application } = (await plan({ format: 'yaml', content: JSON.stringify([entry]) }).expect(201)).body;
    await api.post(`/tenant-applications/${application.id}/confirmation`).send({}).expect(202);
    const forever = { signal: new AbortController().signal, progress: async () => undefined };
    await applyLines(console.ctx, application.id, forever);
    const { id: tenantId } = await getTenant(console.ctx, 'senhas');
    await createTenantRecords(console.ctx, tenantId, { branding: {}, settings: {} });
    await createFirstUser(console.ctx, { tenantId, ...entry.admin, passwordHash: 'x', mustChangePassword: true });
    await markLive(console.ctx, tenantId);

    const { headers, text } = await api.post(`/tenant-applications/${application.id}/first-passwords`).expect(200);

    assert.match(headers['content-type']!, /^text\/csv/);
    assert.match(
      text,
      /^slug,address,email,one_time_password\r\nsenhas,http:\/\/senhas\.localhost:8080,ana@senhas\.test,(\w{4}-){3}\w{4}\r\n$/,
    );
    await api.post('/tenant-applications/01939b1e-0000-7000-8000-0000000000ff/first-passwords').expect(404);
  });
});
