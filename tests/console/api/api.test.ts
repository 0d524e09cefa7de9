import assert from 'node:assert/strict';
import request from 'supertest';
import { endpoints } from '#console/api/index.ts';
import { createToken } from '#domain/tokens/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { listRoutes } from '#platform/http/routes.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the JSON API', () => {
  let console: TestConsole;
  let operator: Api;
  let made = 0;

  before(async () => {
    console = await openTestConsole();
    operator = await apiOf(console, 'operator');
  });
  after(() => console?.stop());

  const body = (slug = `store-${++made}`) => ({ slug, name: 'Acme', admin: { name: 'Ana', email: 'ana@acme.test' } });

  describe('who may call', () => {
    it('asks for a token, in a problem that says which kind', async () => {
      for (const call of [request(console.app).get('/api/v1/tenants'), request(console.app).post('/api/v1/tenants')]) {
        const answer = await call.expect(401).expect('Content-Type', /^application\/problem\+json/);
        assert.match(answer.headers['www-authenticate']!, /^Bearer/);
        assert.equal(answer.body.code, 'not_authenticated');
      }
    });

    it('refuses an unknown, a malformed and an expired token alike', async () => {
      const { secret } = await createToken(
        { ...console.ctx, clock: fixedClock(new Date(Date.now() - 2 * 86_400_000)) },
        { name: 'expired', role: 'admin', days: 1 },
      );

      for (const header of [`Bearer ${secret}`, 'Bearer nonsense', 'Basic YTpi', 'Bearer']) {
        const answer = await request(console.app).get('/api/v1/tenants').set('Authorization', header).expect(401);
        assert.equal(answer.body.code, 'invalid_token', header);
      }
    });

    it('lets a viewer read and nothing else', async () => {
      const viewer = await apiOf(console, 'viewer');

      await viewer.get('/tenants').expect(200);
      const refused = await viewer.post('/tenants').send(body()).expect(403);
      assert.equal(refused.body.code, 'not_permitted');
      assert.equal((await console.ctx.db('platform.tenants').where({ slug: `store-${made}` })).length, 0);
    });

    it('takes no session cookie for a token', async () => {
      const { browser } = await console.signIn('admin');

      await browser.get('/api/v1/tenants').expect(401);
    });
  });

  it('answers an unknown address with a problem', async () => {
    const answer = await operator.get('/nothing').expect(404);

    assert.equal(answer.body.status, 404);
    assert.equal(answer.body.trace_id, answer.headers['x-request-id']);
  });

  it('refuses a body that is not JSON by its type, and takes an empty one', async () => {
    const answer = await operator.post('/tenants').type('form').send({ slug: 'form' }).expect(415);

    assert.equal(answer.body.code, 'unsupported_media_type');
    assert.match(answer.body.title, /application\/json/);
    await operator.post('/tenants/nobody/suspension').set('Content-Length', '0').expect(404);
  });

  it('says in words which fields a missing object has', async () => {
    const { admin, ...incomplete } = body();

    const answer = await operator.post('/tenants').send(incomplete).expect(422);

    const message = `Send an object with: ${Object.keys(admin).join(', ')}.`;
    assert.deepEqual(answer.body.errors, [{ path: 'admin', code: 'invalid_type', message }]);
  });

  describe('Idempotency-Key', () => {
    it('does the same request once and answers the same again, password included', async () => {
      const send = () => operator.post('/tenants').set('Idempotency-Key', 'once').send(body('only-once'));

      const first = await send().expect(202);
      const second = await send().expect(202);

      assert.deepEqual(second.body, first.body);
      assert.equal(second.headers.location, first.headers.location);
      assert.equal(second.headers['idempotency-replayed'], 'true');
      assert.equal((await console.ctx.db('platform.tenants').where({ slug: 'only-once' })).length, 1);
    });

    it('keeps the answer where only we can read it', async () => {
      const { body: answer } = await operator
        .post('/tenants')
        .set('Idempotency-Key', 'sealed')
        .send(body())
        .expect(202);

      const row = await console.ctx.db('platform.idempotency_keys').where({ key: 'sealed' }).first();

      assert.ok(!JSON.stringify(row).includes(answer.admin.one_time_password));
    });

    it('refuses the key for another request, and keeps keys of different callers apart', async () => {
      const other = await apiOf(console, 'operator');
      await operator.post('/tenants').set('Idempotency-Key', 'mine').send(body()).expect(202);

      const reused = await operator.post('/tenants').set('Idempotency-Key', 'mine').send(body()).expect(422);

      assert.equal(reused.body.code, 'idempotency_key_reused');
      await other.post('/tenants').set('Idempotency-Key', 'mine').send(body()).expect(202);
    });

    it('forgets a refused request, so that it can be corrected', async () => {
      await operator.post('/tenants').send(body('taken-one')).expect(202);
      await operator.post('/tenants').set('Idempotency-Key', 'fix').send(body('taken-one')).expect(409);

      await operator.post('/tenants').set('Idempotency-Key', 'fix').send(body()).expect(202);
    });

    it('answers 409 while the first of two equal requests is at work', async () => {
      // Holding the name keeps the first request at work until we let go.
      const holder = await console.database.pool.connect();
      await holder.query('begin');
      await holder.query(`insert into platform.slugs (slug, kind, reserved_at) values ('held', 'quarantined', now())`);
      const first = operator
        .post('/tenants')
        .set('Idempotency-Key', 'slow')
        .send(body('held'))
        .then((it) => it);
      await eventually(async () => {
        const waiting = await console.ctx
          .db('pg_stat_activity')
          .where({ wait_event_type: 'Lock', datname: console.ctx.db.raw('current_database()') });
        return waiting.length > 0;
      });

      const second = await operator.post('/tenants').set('Idempotency-Key', 'slow').send(body('held')).expect(409);

      assert.equal(second.body.code, 'idempotency_key_in_use');
      await holder.query('rollback');
      holder.release();
      assert.equal((await first).status, 202);
    });

    it('refuses a key that is too long', async () => {
      const answer = await operator.post('/tenants').set('Idempotency-Key', 'k'.repeat(201)).send(body()).expect(422);

      assert.equal(answer.body.errors[0].path, 'Idempotency-Key');
    });
  });

  describe('/openapi.json', () => {
    it('describes every route of the API and no other', async () => {
      const { body: document } = await request(console.app).get('/api/v1/openapi.json').expect(200);

      const described = Object.entries(document.paths).flatMap(([path, item]) =>
        Object.keys(item as object).map((method) => `${method} ${path}`),
      );
      const mounted = listRoutes(console.app)
        .filter(({ path }) => path.startsWith('/api/'))
        .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
      assert.deepEqual(described.toSorted(), mounted.toSorted());
      assert.ok(mounted.length >= endpoints.length);
    });

    it('says of each operation who may call it, what it answers and how it refuses', async () => {
      const { body: document } = await request(console.app).get('/api/v1/openapi.json').expect(200);

      for (const item of Object.values(document.paths as Record<string, Record<string, never>>))
        for (const operation of Object.values(item) as {
          responses: object;
          description: string;
          operationId: string;
        }[]) {
          assert.ok(operation.description, operation.operationId);
          assert.ok(Object.keys(operation.responses).some((status) => status.startsWith('2')));
          assert.ok('503' in operation.responses);
        }
      const { responses } = document.paths['/api/v1/tenants'].post;
      assert.deepEqual(Object.keys(responses), ['202', '400', '401', '403', '409', '415', '422', '503']);
      assert.match(responses['202'].description, /queued/);
      assert.match(responses['409'].description, /slug_taken.*idempotency_key_in_use/);
      assert.match(responses['422'].description, /idempotency_key_reused/);
      assert.deepEqual(document.components.schemas.NewTenant.required, ['slug', 'name', 'admin']);
    });
  });
});
