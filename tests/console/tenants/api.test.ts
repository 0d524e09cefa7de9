import assert from 'node:assert/strict';
import { z } from 'zod';
import { jobSchema } from '#console/jobs/schemas.ts';
import { tenantLineSchema } from '#console/tenants/directory/schemas.ts';
import * as schemas from '#console/tenants/schemas.ts';
import { createTenantRecords, markLive } from '#domain/tenants/index.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('/api/v1/tenants', () => {
  let console: TestConsole;
  let api: Api;
  let made = 0;

  before(async () => {
    console = await openTestConsole();
    api = await apiOf(console, 'operator');
  });
  after(() => console?.stop());

  const body = (slug = `shop-${++made}`) => ({ slug, name: 'Acme', admin: { name: 'Ana', email: 'Ana@Acme.test' } });
  const createLive = async () => {
    const { tenant } = (await api.post('/tenants').send(body()).expect(202)).body;
    await createTenantRecords(console.ctx, tenant.id, { branding: {}, settings: {} });
    await markLive(console.ctx, tenant.id);
    return tenant as { id: string; slug: string };
  };
  const actionsOn = (tenantId: string) =>
    console.ctx.db('platform.audit_log').where({ tenant_id: tenantId }).orderBy('id').pluck<string[]>('action');

  describe('POST', () => {
    it('accepts a store, and answers with it, its job and the one-time password', async () => {
      const answer = await api.post('/tenants').send(body('acme')).expect(202);

      assert.equal(answer.body.tenant.slug, 'acme');
      assert.equal(answer.body.tenant.status, 'provisioning');
      assert.equal(answer.body.tenant.url, 'http://acme.localhost:8080');
      assert.equal(answer.body.job.kind, 'tenant.provision');
      assert.equal(answer.body.job.status, 'queued');
      assert.equal(answer.body.admin.email, 'ana@acme.test');
      assert.match(answer.body.admin.one_time_password, /^\S{10,}$/);
      assert.equal(answer.headers.location, `/api/v1/jobs/${answer.body.job.id}`);
      const job = await api.get(`/jobs/${answer.body.job.id}`).expect(200);
      assert.deepEqual(job.body.steps.map((step: { name: string }) => step.name).slice(0, 2), [
        'reserve_slug',
        'create_records',
      ]);
      assert.ok(!JSON.stringify(job.body).includes('argon2'));
    });

    it('names every field at fault at once', async () => {
      const answer = await api
        .post('/tenants')
        .send({ slug: 'Loja', name: ' ', admin: { name: 'Ana', email: 'nowhere' }, branding: { primary_color: 'red' } })
        .expect(422)
        .expect('Content-Type', /^application\/problem\+json/);

      assert.deepEqual(answer.body.errors.map((error: { path: string; code: string }) => error.path).toSorted(), [
        'admin.email',
        'branding.primary_color',
        'name',
        'slug',
      ]);
      const slug = answer.body.errors.find((error: { path: string }) => error.path === 'slug');
      assert.equal(slug.code, 'upper_case');
      assert.equal(answer.body.trace_id, answer.headers['x-request-id']);
    });

    it('refuses what is not part of a store', async () => {
      const answer = await api
        .post('/tenants')
        .send({ ...body(), status: 'live' })
        .expect(422);

      const [error] = answer.body.errors as { path: string; message: string }[];
      assert.deepEqual([error!.path, error!.message], ['status', 'There is no such field.']);
    });

    it('refuses a body that is no JSON', async () => {
      await api.post('/tenants').type('json').send('{').expect(400);
    });

    it('lets one of fifty parallel requests have a name, and answers the others 409 naming the field', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => api.post('/tenants').send(body('wanted'))));

      const refused = answers.filter(({ status }) => status === 409);
      assert.equal(answers.filter(({ status }) => status === 202).length, 1);
      assert.equal(refused.length, 49);
      for (const { body } of refused)
        assert.deepEqual([body.code, body.errors[0].path, body.errors[0].code], ['slug_taken', 'slug', 'slug_taken']);
    });
  });

  describe('GET', () => {
    it('pages through all stores once, also when a page ends at the last one', async () => {
      for (let n = 0; n < 3; n++)
        await api
          .post('/tenants')
          .send(body(`paged-${n}`))
          .expect(202);

      for (const limit of [1, 2, 3, 4]) {
        const seen: string[] = [];
        let cursor: string | null = '';
        do {
          const url = `/tenants?q=paged&sort=slug&limit=${limit}&cursor=${encodeURIComponent(cursor)}`;
          const page = (await api.get(url).expect(200)).body as {
            items: { slug: string }[];
            next_cursor: string | null;
            has_more: boolean;
          };
          assert.equal(page.has_more, page.next_cursor !== null);
          assert.ok(page.items.length > 0);
          seen.push(...page.items.map((item) => item.slug));
          cursor = page.next_cursor;
        } while (cursor);
        assert.deepEqual(seen, ['paged-0', 'paged-1', 'paged-2'], `limit ${limit}`);
      }
    });

    it('finds by a part of the name without its accents, and takes % for itself', async () => {
      await api
        .post('/tenants')
        .send({ ...body('sao-joao'), name: 'Depósito São João 100%' })
        .expect(202);
      const find = async (q: string) =>
        (await api.get(`/tenants?q=${encodeURIComponent(q)}`).expect(200)).body.items.map(
          (i: { slug: string }) => i.slug,
        );

      assert.deepEqual(await find('sao joao'), ['sao-joao']);
      assert.deepEqual(await find('100%'), ['sao-joao']);
      assert.deepEqual(await find('1_0%'), []);
    });

    it('shows one store with its branding, its version in the ETag, and 404 for nobody', async () => {
      const { slug } = await createLive();

      const answer = await api.get(`/tenants/${slug}`).expect(200);

      assert.equal(answer.body.branding.primary_color, '#1a73e8');
      assert.equal(answer.headers.etag, `"v${answer.body.version}"`);
      assert.equal((await api.get('/tenants/nobody').expect(404)).body.code, 'tenant_not_found');
    });

    it('refuses a cursor of its own making and a status that does not exist', async () => {
      assert.equal((await api.get('/tenants?cursor=abc.def').expect(400)).body.code, 'bad_cursor');
      assert.equal((await api.get('/tenants?status=gone').expect(422)).body.errors[0].path, 'status');
    });
  });

  it('answers what its document promises', async () => {
    const { slug } = await createLive();

    const created = await api.post('/tenants').send(body()).expect(202);
    const suspended = await api.post(`/tenants/${slug}/suspension`).expect(202);
    const shown = await api.get(`/tenants/${slug}`).expect(200);
    const listed = await api.get('/tenants').expect(200);

    // Strict, so that an undocumented member is found as well as a missing one.
    z.strictObject(schemas.created.shape).parse(created.body);
    z.strictObject(schemas.accepted.shape).parse(suspended.body);
    z.strictObject(schemas.tenantSchema.shape).parse(shown.body);
    for (const item of listed.body.items) z.strictObject(tenantLineSchema.shape).parse(item);
    z.strictObject(jobSchema.shape).parse(created.body.job);
  });

  describe('PATCH', () => {
    it('changes what is sent, and refuses what was made from an older version', async () => {
      const { slug, id } = await createLive();
      const { headers } = await api.get(`/tenants/${slug}`).expect(200);

      const changed = await api
        .patch(`/tenants/${slug}`)
        .set('If-Match', headers.etag!)
        .send({ branding: { primary_color: '#ABCDEF' }, settings: { quote_validity_days: 10 } })
        .expect(200);

      assert.equal(changed.body.branding.primary_color, '#abcdef');
      assert.equal(changed.body.name, 'Acme');
      assert.equal(changed.body.settings.quote_validity_days, 10);
      const late = await api
        .patch(`/tenants/${slug}`)
        .set('If-Match', headers.etag!)
        .send({ name: 'Late' })
        .expect(412);
      assert.equal(late.body.code, 'version_conflict');
      assert.equal((await actionsOn(id)).at(-1), 'tenant.updated');
    });
  });

  describe('suspension', () => {
    it('closes a store and opens it again, each with its job and its audit row', async () => {
      const { slug, id } = await createLive();

      const closed = await api.post(`/tenants/${slug}/suspension`).send({ reason: 'unpaid' }).expect(202);
      assert.equal(closed.body.tenant.status, 'suspended');
      assert.equal(closed.body.tenant.status_reason, 'unpaid');
      assert.equal(closed.body.job.kind, 'tenant.suspend');
      const again = await api.post(`/tenants/${slug}/suspension`).send({}).expect(409);
      assert.equal(again.body.code, 'tenant_already_suspended');

      const opened = await api.delete(`/tenants/${slug}/suspension`).expect(202);
      assert.equal(opened.body.job.kind, 'tenant.resume');
      assert.deepEqual((await actionsOn(id)).slice(-2), ['tenant.suspended', 'tenant.resumed']);
    });

    it('is a matter for on-call too, and creating is not', async () => {
      const onCall = await apiOf(console, 'on_call');
      const { slug } = await createLive();

      await onCall.post(`/tenants/${slug}/suspension`).send({ reason: 'attack' }).expect(202);
      await onCall.post('/tenants').send(body()).expect(403);
    });
  });
});
