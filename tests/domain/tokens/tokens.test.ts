import assert from 'node:assert/strict';
import { createToken, findToken, revokeToken } from '#domain/tokens/index.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('API tokens', () => {
  let database: ConsoleDatabase;
  const clock = fixedClock(new Date('2026-11-21T12:00:00Z'));
  let ctx: Context;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = { ...database.ctx, clock };
  });
  after(() => database?.drop());

  it('finds the token by its secret and notes the day of use', async () => {
    const { token, secret } = await createToken(ctx, { name: 'ci', role: 'operator' });

    const found = await findToken(ctx, secret);

    assert.equal(found?.id, token.id);
    assert.equal(found.role, 'operator');
    assert.equal((await findToken(ctx, secret))?.lastUsedOn, '2026-11-21');
  });

  it('stores and audits nothing from which the secret could be had', async () => {
    const { secret } = await createToken(ctx, { name: 'secretive', role: 'viewer' });

    const stored = await ctx.db.raw<{ rows: { everything: string }[] }>(
      `select string_agg(to_jsonb(t)::text, '') || (select string_agg(to_jsonb(a)::text, '') from platform.audit_log a)
         as everything from platform.api_tokens t`,
    );

    const { everything } = stored.rows[0]!;
    for (let from = 'bct_'.length; from + 8 <= secret.length; from++) {
      const piece = secret.slice(from, from + 8);
      assert.ok(!everything.includes(piece) && !everything.includes(Buffer.from(piece).toString('hex')), piece);
    }
  });

  it('refuses a token after its last day, and one that nobody made', async () => {
    const { secret } = await createToken(ctx, { name: 'short', role: 'viewer', days: 1 });
    const later = { ...ctx, clock: fixedClock(new Date(clock.now().getTime() + DAY_MS)) };

    assert.equal(await findToken(later, secret), undefined);
    assert.equal(await findToken(ctx, `bct_${'A'.repeat(43)}`), undefined);
    assert.equal(await findToken(ctx, ''), undefined);
  });

  it('refuses a revoked token', async () => {
    const { secret } = await createToken(ctx, { name: 'revoked', role: 'viewer' });

    await revokeToken(ctx, 'Revoked');

    assert.equal(await findToken(ctx, secret), undefined);
    await assert.rejects(revokeToken(ctx, 'revoked'), (error: AppError) => error.code === 'token_not_found');
  });

  it('gives a name to one usable token only', async () => {
    await createToken(ctx, { name: 'Deploy', role: 'viewer' });

    await assert.rejects(createToken(ctx, { name: 'deploy', role: 'viewer' }), (error: AppError) => {
      assert.deepEqual([error.code, error.fields[0]?.path], ['token_name_taken', 'name']);
      return true;
    });
  });
});
