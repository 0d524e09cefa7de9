import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createTokenKeys, type TokenClaims } from '#platform/auth/tokens.ts';
import { newId } from '#platform/ids.ts';

const OLD = 'the-secret-before-0123456789abcdefghij';
const NEW = 'the-secret-of-now-0123456789abcdefghij';
const NOW = new Date('2026-11-21T15:00:00Z');
const iat = NOW.getTime() / 1000;

const claims: TokenClaims = {
  sub: newId(),
  tenant_id: newId(),
  email: 'ana@test.example',
  role: 'admin',
  jti: newId(),
  tslug: 'casa-forte',
  ver: 1,
  iat,
  exp: iat + 3600,
};

const invalid = { code: 'invalid_token', status: 401 };

describe('token keys', () => {
  const keys = createTokenKeys({ current: NEW });

  it('give back the claims they signed', async () => {
    assert.deepEqual(await keys.verify(await keys.sign(claims), NOW), claims);
  });

  it('accept what was signed with the secret before, and refuse it once that secret is forgotten', async () => {
    const old = await createTokenKeys({ current: OLD }).sign(claims);
    const both = createTokenKeys({ current: NEW, previous: OLD });

    assert.equal((await both.verify(old, NOW)).jti, claims.jti);
    await assert.rejects(keys.verify(old, NOW), invalid);
  });

  it('sign with the current secret, not with the one before', async () => {
    const token = await createTokenKeys({ current: NEW, previous: OLD }).sign(claims);

    assert.equal((await keys.verify(token, NOW)).jti, claims.jti);
  });

  it('refuse a token from the moment it runs out', async () => {
    const token = await keys.sign(claims);

    assert.equal((await keys.verify(token, new Date(NOW.getTime() + 3_599_000))).sub, claims.sub);
    await assert.rejects(keys.verify(token, new Date(NOW.getTime() + 3_600_000)), invalid);
  });

  it('refuse a token whose role was changed by hand', async () => {
    const [header, , signature] = (await keys.sign(claims)).split('.');
    const forged = encode({ ...claims, role: 'manager', iss: 'basecommerce', aud: 'basecommerce' });

    await assert.rejects(keys.verify(`${header}.${forged}.${signature}`, NOW), invalid);
  });

  it('let no token choose how it is checked', async () => {
    const [header] = (await keys.sign(claims)).split('.') as [string];
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const body = encode({ ...claims, iss: 'basecommerce', aud: 'basecommerce' });
    const unsigned = `${encode({ alg: 'none', kid })}.${body}.`;
    const longer = `${encode({ alg: 'HS512', kid })}.${body}`;
    const signature = createHmac('sha512', NEW).update(longer).digest('base64url');

    await assert.rejects(keys.verify(unsigned, NOW), invalid);
    await assert.rejects(keys.verify(`${longer}.${signature}`, NOW), invalid);
  });

  it('refuse a token of our secret that was made for another audience', async () => {
    const [header] = (await keys.sign(claims)).split('.') as [string];
    const signed = `${header}.${encode({ ...claims, iss: 'basecommerce', aud: 'someone-else' })}`;
    const signature = createHmac('sha256', NEW).update(signed).digest('base64url');

    await assert.rejects(keys.verify(`${signed}.${signature}`, NOW), invalid);
  });

  it('refuse what is no token at all', async () => {
    for (const text of ['', 'x', 'a.b.c', '..']) await assert.rejects(keys.verify(text, NOW), invalid);
  });
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
