import assert from 'node:assert/strict';
import { z } from 'zod';
import * as domainSchemas from '#console/tenants/domains/schemas.ts';
import * as schemas from '#console/tenants/schemas.ts';
import * as userSchemas from '#console/tenants/users/schemas.ts';
import { getDomainByHost, proofsOf } from '#domain/tenants/index.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { aLiveTenant, auditOf, endJob, freshSlug } from '#tests/support/tenants.ts';

describe('/api/v1, the life of a store', () => {
  let console: TestConsole;
  let operator: Api;
  let admin: Api;
  /** What the outside world has to say, by the name asked for. */
  const outside = new Map<string, string[]>();

  before(async () => {
    console = await openTestConsole({
      lookup: { texts: async (name) => outside.get(name) ?? [], page: async () => undefined },
    });
    operator = await apiOf(console, 'operator');
    admin = await apiOf(console, 'admin');
  });
  after(() => console?.stop());

  const live = () => aLiveTenant(console.ctx);
  const codeOf = (answer: { body: { code: string } }) => answer.body.code;

  it('says of each store what may be done with it', async () => {
    const { slug } = await live();

    const { body } = await operator.get(`/tenants/${slug}`).expect(200);

    z.strictObject(schemas.tenantSchema.shape).parse(body);
    assert.ok(body.actions.includes('rename') && !body.actions.includes('delete'));
    assert.deepEqual([body.archived_at, body.delete_after, body.names], [null, null, []]);
  });

  it('renames with 202 and a job to follow, and refuses a taken name naming the field', async () => {
    const { id, slug } = await live();
    const other = await live();
    const to = freshSlug('nova');

    const taken = await operator.post(`/tenants/${slug}/renames`).send({ slug: other.slug }).expect(409);
    const answer = await operator.post(`/tenants/${slug}/renames`).send({ slug: to, alias_days: 7 }).expect(202);

    assert.deepEqual([codeOf(taken), taken.body.errors[0].path], ['slug_taken', 'slug']);
    z.strictObject(schemas.accepted.shape).parse(answer.body);
    assert.equal(answer.body.tenant.status, 'renaming');
    assert.deepEqual(answer.body.tenant.names, [{ slug: to, kind: 'incoming', ends_at: null }]);
    assert.equal(answer.body.job.kind, 'tenant.rename');
    assert.equal(answer.headers.location, `/api/v1/jobs/${answer.body.job.id}`);
    assert.deepEqual(await auditOf(console.ctx, id), ['tenant.rename_requested']);
    const invalid = await operator.post(`/tenants/${slug}/renames`).send({ slug: 'Nova', alias_days: 0 }).expect(422);
    assert.deepEqual(invalid.body.errors.map((it: { path: string }) => it.path).sort(), ['alias_days', 'slug']);
  });

  it('archives, restores and, after the grace, deletes; deleting is an admin’s, with the typed name', async () => {
    const { id, slug } = await live();

    const archived = await operator
      .post(`/tenants/${slug}/archive`)
      .send({ reason: 'they left', grace_days: 0 })
      .expect(202);
    assert.deepEqual([archived.body.tenant.status, archived.body.tenant.actions], ['archived', ['restore', 'delete']]);
    assert.ok(Date.parse(archived.body.tenant.delete_after) <= Date.now());
    await endJob(console.ctx, archived.body.job.id);

    const restoring = await operator.delete(`/tenants/${slug}/archive`).expect(202);
    assert.equal(restoring.body.job.kind, 'tenant.restore');
    assert.equal(
      codeOf(await admin.delete(`/tenants/${slug}`).send({ confirmation: slug }).expect(409)),
      'tenant_restoring',
    );
    await endJob(console.ctx, restoring.body.job.id, 'failed');

    await operator.delete(`/tenants/${slug}`).send({ confirmation: slug }).expect(403);
    const unsure = await admin.delete(`/tenants/${slug}`).send({ confirmation: 'another' }).expect(422);
    assert.deepEqual(unsure.body.errors[0].path, 'confirmation');
    await admin.delete(`/tenants/${slug}`).expect(422);
    const deleting = await admin.delete(`/tenants/${slug}`).send({ confirmation: slug }).expect(202);
    assert.equal(deleting.body.job.kind, 'tenant.delete');
    assert.deepEqual(await auditOf(console.ctx, id), [
      'tenant.archived',
      'tenant.restoration_requested',
      'tenant.deletion_requested',
    ]);
  });

  it('keeps the grace: no deletion before its end, which the refusal names', async () => {
    const { slug } = await live();
    const { body } = await operator.post(`/tenants/${slug}/archive`).send({}).expect(202);
    await endJob(console.ctx, body.job.id);

    const refused = await admin.delete(`/tenants/${slug}`).send({ confirmation: slug }).expect(409);

    assert.deepEqual([codeOf(refused), refused.body.delete_after], ['tenant_in_grace', body.tenant.delete_after]);
  });

  it('changes the plan beside anything else, and lists what there is', async () => {
    const { slug } = await live();
    const { body: plans } = await operator.get('/plans').expect(200);

    const changed = await operator.patch(`/tenants/${slug}`).send({ plan: 'plus' }).expect(200);
    const both = await operator.patch(`/tenants/${slug}`).send({ plan: 'premium', name: 'Outra' }).expect(200);
    const unknown = await operator.patch(`/tenants/${slug}`).send({ plan: 'golden', name: 'Nada' }).expect(422);

    assert.deepEqual(plans.items[0], { code: 'standard', requests_per_second: 100, burst: 200, max_users: 10 });
    assert.equal(changed.body.plan, 'plus');
    assert.deepEqual([both.body.plan, both.body.name], ['premium', 'Outra']);
    assert.equal(unknown.body.errors[0].path, 'plan');
    assert.equal((await operator.get(`/tenants/${slug}`)).body.name, 'Outra', 'nothing half done');
  });

  it('proves a domain, publishes it and takes it away', async () => {
    const { slug } = await live();
    const host = `${slug}.com.br`;

    const added = await operator.post(`/tenants/${slug}/domains`).send({ host: host.toUpperCase() }).expect(201);
    z.strictObject(domainSchemas.domainSchema.shape).parse(added.body);
    const early = await operator.post(`/tenants/${slug}/domains/${host}/checks`).expect(200);
    assert.deepEqual([early.body.domain.status, early.body.job], ['pending', null]);
    assert.match(early.body.domain.check_error, /no TXT record/);
    assert.equal(codeOf(await operator.post(`/tenants/${slug}/domains`).send({ host }).expect(409)), 'domain_taken');

    const { dns } = proofsOf(await getDomainByHost(console.ctx, host));
    outside.set(dns.name, [dns.value]);
    const proven = await operator.post(`/tenants/${slug}/domains/${host}/checks`).expect(200);

    assert.deepEqual([proven.body.domain.status, proven.body.job.kind], ['verified', 'tenant.publish_maps']);
    assert.equal(proven.headers.location, `/api/v1/jobs/${proven.body.job.id}`);
    const listed = await operator.get(`/tenants/${slug}/domains`).expect(200);
    assert.deepEqual(listed.body.items, [proven.body.domain]);
    const removed = await operator.delete(`/tenants/${slug}/domains/${host}`).expect(200);
    assert.equal(removed.body.job.kind, 'tenant.publish_maps');
    await operator.delete(`/tenants/${slug}/domains/${host}`).expect(404);
    const bad = await operator.post(`/tenants/${slug}/domains`).send({ host: 'outra.localhost' }).expect(422);
    assert.deepEqual([codeOf(bad), bad.body.errors[0].path], ['platform_host', 'host']);
  });

  it('looks after the people of a store, and shows a one-time password once', async () => {
    const { slug } = await live();
    const person = { name: 'Bia', email: 'Bia@Loja.example', role: 'manager' };
    await operator
      .post(`/tenants/${slug}/users`)
      .send({ name: 'Ana', email: 'ana@loja.example', role: 'admin' })
      .expect(201);

    const invited = await operator.post(`/tenants/${slug}/users`).send(person).expect(201);
    z.strictObject(userSchemas.oneTimePassword.shape).parse(invited.body);
    const { id } = invited.body.user as { id: string };
    const reset = await operator.post(`/tenants/${slug}/users/${id}/password-resets`).expect(200);
    assert.notEqual(reset.body.one_time_password, invited.body.one_time_password);

    const out = await operator.post(`/tenants/${slug}/users/${id}/deactivation`).expect(200);
    const list = await operator.get(`/tenants/${slug}/users`).expect(200);
    z.strictObject(userSchemas.userList.shape).parse(list.body);
    assert.deepEqual([out.body.active, list.body.active, list.body.max_users], [false, 1, 10]);
    assert.ok(!JSON.stringify(list.body).includes('password'));
    await operator.delete(`/tenants/${slug}/users/${id}/deactivation`).expect(200);

    assert.equal(codeOf(await operator.post(`/tenants/${slug}/users`).send(person).expect(409)), 'email_taken');
    const bad = await operator.post(`/tenants/${slug}/users`).send({ name: '', email: 'x', role: 'king' }).expect(422);
    assert.deepEqual(bad.body.errors.map((it: { path: string }) => it.path).sort(), ['email', 'name', 'role']);
    await (await apiOf(console, 'viewer')).post(`/tenants/${slug}/users`).send(person).expect(403);
  });

  it('tells what a store has and does', async () => {
    const { slug } = await live();

    const { body } = await operator.get(`/tenants/${slug}/usage`).expect(200);

    assert.equal(body.days.length, 14);
    assert.ok(body.rows >= 2 && body.bytes > 0, 'its branding and settings');
    assert.deepEqual([body.backlog, body.oldest_waiting_at, body.dead_letters], [0, null, 0]);
  });
});
