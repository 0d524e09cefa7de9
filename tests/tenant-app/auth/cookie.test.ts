import assert from 'node:assert/strict';
import express from 'express';
import request from 'supertest';
import { createSessionCookie } from '#tenant-app/auth/cookie.ts';

describe('the cookie of a session', () => {
  const setBy = async (isHttps: boolean) => {
    const cookie = createSessionCookie(isHttps);
    const app = express().get('/', (_req, res) => {
      cookie.set(res, 'token', 3600);
      res.end();
    });
    const { headers } = await request(app).get('/');
    return (headers['set-cookie'] as unknown as string[])[0]!;
  };

  it('has on https the name that makes the browser keep it to this very host', async () => {
    const header = await setBy(true);

    assert.match(header, /^__Host-bc_session=token; Max-Age=3600; Path=\/;/);
    assert.match(header, /HttpOnly; Secure; SameSite=Lax$/);
    assert.doesNotMatch(header, /Domain/i);
  });

  it('has another name on plain http, where browsers would refuse that one', async () => {
    assert.match(await setBy(false), /^bc_session=token;/);
  });

  it('is not taken from a cookie whose name only ends the same way', async () => {
    const cookie = createSessionCookie(false);
    const app = express().get('/', (req, res) => void res.json({ token: cookie.read(req) ?? null }));

    const { body } = await request(app).get('/').set('Cookie', 'my_bc_session=planted; __Host-bc_session=other');

    assert.deepEqual(body, { token: null });
  });
});
