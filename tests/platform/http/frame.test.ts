import assert from 'node:assert/strict';
import express, { type Express } from 'express';
import request from 'supertest';
import { z } from 'zod';
import { Conflict, NotAuthenticated, NotPermitted, RateLimited } from '#platform/errors.ts';
import { errorHandler, notFoundHandler } from '#platform/http/error-handler.ts';
import { parseInput } from '#platform/http/parse.ts';
import { everyone, get, listRoutes, mountRoutes, post, type Guard } from '#platform/http/routes.ts';
import { requestIds, sameOriginOnly, securityHeaders } from '#platform/http/security.ts';
import type { Logger } from '#platform/log/index.ts';
import { silentLogger } from '#platform/log/index.ts';

const locked: Guard<object> = {
  name: 'locked',
  check: () => {
    throw new NotPermitted();
  },
};

describe('the HTTP frame', () => {
  let app: Express;
  const logged: object[] = [];
  const log: Logger = { ...silentLogger, error: (fields) => void logged.push(fields) };

  before(() => {
    app = express();
    app.use(requestIds(), securityHeaders(), express.json(), sameOriginOnly());
    const routes = [
      get('/api/open', everyone, (_ctx, _req, res) => res.json({ ok: true })),
      get('/api/locked', locked, (_ctx, _req, res) => res.json({ secret: true })),
      get('/api/conflict', everyone, () => {
        throw new Conflict('slug_taken', 'The slug acme is taken.', {
          fields: [{ path: 'slug', code: 'slug_taken', message: 'Choose another.' }],
        });
      }),
      get('/api/limited', everyone, () => {
        throw new RateLimited(30);
      }),
      get('/api/broken', everyone, async () => {
        await Promise.reject(new Error('password=hunter2'));
      }),
      get('/api/no-database', everyone, async () => {
        await Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
      }),
      get('/api/lost/:words', everyone, async (_ctx, { params }) => {
        await Promise.reject(new Error(params.words as string));
      }),
      get('/api/unfit/:type/:code', everyone, async (_ctx, { params }) => {
        const message = `select $1 - invalid input syntax for type ${params.type as string}`;
        await Promise.reject(Object.assign(new Error(message), { code: params.code }));
      }),
      post('/api/parsed', everyone, (_ctx, req, res) => res.json(parseInput(z.object({ name: z.string() }), req.body))),
      get('/page', everyone, () => {
        throw new NotAuthenticated();
      }),
    ];
    app.locals.loginPath = '/sign-in';
    mountRoutes(app, routes, () => ({}));
    app.use(notFoundHandler, errorHandler(log));
  });

  it('runs the guard before the handler', async () => {
    const refused = await request(app).get('/api/locked').expect(403);

    assert.equal(refused.body.code, 'not_permitted');
    assert.equal(refused.body.secret, undefined);
  });

  it('remembers every route with its guard', () => {
    assert.ok(listRoutes(app).some((route) => route.path === '/api/locked' && route.guard.name === 'locked'));
  });

  it('answers one shape of error with the true status, the fields at fault and the id to quote', async () => {
    const answer = await request(app).get('/api/conflict').set('X-Request-Id', 'request-0001').expect(409);

    assert.match(answer.get('content-type')!, /^application\/problem\+json/);
    assert.deepEqual(JSON.parse(answer.text), {
      type: 'about:blank',
      title: 'The slug acme is taken.',
      status: 409,
      code: 'slug_taken',
      errors: [{ path: 'slug', code: 'slug_taken', message: 'Choose another.' }],
      trace_id: 'request-0001',
    });
  });

  it('shows an id and no message for what it did not foresee, and logs it once', async () => {
    logged.length = 0;

    const answer = await request(app).get('/api/broken').expect(500);

    assert.doesNotMatch(answer.text, /hunter2/);
    assert.equal(answer.get('x-request-id'), JSON.parse(answer.text).trace_id);
    assert.equal(logged.length, 1);
  });

  it('says when a try is worth it', async () => {
    assert.equal((await request(app).get('/api/limited').expect(429)).get('retry-after'), '30');
    assert.equal((await request(app).get('/api/no-database').expect(503)).get('retry-after'), '5');
  });

  it('says that the database is away in whichever words the driver told it', async () => {
    for (const words of ['timeout exceeded when trying to connect', 'Connection terminated unexpectedly']) {
      const answer = await request(app).get(`/api/lost/${words}`).expect(503);
      assert.equal(JSON.parse(answer.text).code, 'database_unavailable');
    }
  });

  it('names the field of a bad body, and tells unreadable from wrong', async () => {
    const wrong = await request(app).post('/api/parsed').send({}).expect(422);
    const unreadable = await request(app).post('/api/parsed').type('json').send('{').expect(400);

    assert.equal(JSON.parse(wrong.text).errors[0].path, 'name');
    assert.equal(JSON.parse(unreadable.text).code, 'malformed_request');
  });

  it('answers an alphabet or a packing it cannot read with 415, for that is no fault of ours', async () => {
    const json = () => request(app).post('/api/parsed').set('Content-Type', 'application/json');

    const alphabet = await json().set('Content-Type', 'application/json; charset=ebcdic').send('{}').expect(415);
    await json().set('Content-Encoding', 'zip').send('{}').expect(415);

    assert.equal(JSON.parse(alphabet.text).code, 'unsupported_encoding');
  });

  it('answers a body that is too long with 413', async () => {
    const answer = await request(app)
      .post('/api/parsed')
      .send({ name: 'x'.repeat(200_000) })
      .expect(413);

    assert.equal(JSON.parse(answer.text).code, 'too_large');
  });

  it('answers a text that the database cannot take with 400, and an id that our own code got wrong with 500', async () => {
    for (const code of ['22021', '22007', '22P02']) {
      const answer = await request(app).get(`/api/unfit/json/${code}`).expect(400);
      assert.equal(JSON.parse(answer.text).code, 'malformed_request');
    }
    await request(app).get('/api/unfit/uuid/22P02').expect(500);
  });

  it('refuses an unsafe request that comes from another site, even a sibling store', async () => {
    for (const site of ['cross-site', 'same-site'])
      await request(app).post('/api/parsed').set('Sec-Fetch-Site', site).send({ name: 'x' }).expect(403);
    await request(app).post('/api/parsed').set('Sec-Fetch-Site', 'same-origin').send({ name: 'x' }).expect(200);
    await request(app).get('/api/open').set('Sec-Fetch-Site', 'cross-site').expect(200);
  });

  it('goes by the Origin where the browser does not say how far it is', async () => {
    const post = (origin: string) =>
      request(app).post('/api/parsed').set({ Host: 'acme.example:8080', Origin: origin }).send({ name: 'x' });

    await post('http://acme.example:8080').expect(200);
    await post('https://acme.example').expect(200);
    for (const origin of ['http://other.example:8080', 'http://acme.example.other.example', 'null'])
      await post(origin).expect(403);
  });

  it('lets a program of another origin send its own token', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://panel.example' };

    await request(app)
      .post('/api/parsed')
      .set({ ...headers, Authorization: 'Bearer x' })
      .send({ name: 'x' })
      .expect(200);
    await request(app)
      .post('/api/parsed')
      .set({ ...headers, Authorization: 'Basic x' })
      .send({ name: 'x' })
      .expect(403);
  });

  it('sends a browser to sign in and back, and tells htmx to do so', async () => {
    const page = await request(app).get('/page?x=1').set('Accept', 'text/html').expect(303);
    const partial = await request(app)
      .get('/page')
      .set('Accept', 'text/html')
      .set('HX-Request-Type', 'partial')
      .expect(401);

    assert.equal(page.get('location'), '/sign-in?next=%2Fpage%3Fx%3D1');
    assert.equal(partial.get('hx-redirect'), '/sign-in?next=%2Fpage');
  });

  it('allows on every answer, errors too, our own files and no inline code, frame, base or foreign form', async () => {
    for (const path of ['/api/open', '/api/broken', '/api/nothing-here']) {
      const policy = (await request(app).get(path)).get('content-security-policy')!;
      assert.deepEqual(policy.split(';').sort(), [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data: https:",
        "manifest-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
      ]);
    }
  });
});
