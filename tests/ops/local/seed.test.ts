import assert from 'node:assert/strict';
import { changePassword, deactivateOperator, inviteOperator, signIn } from '#domain/operators/index.ts';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import { newId } from '#platform/ids.ts';
import { seedOperator } from '#ops/local/seed.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('seedOperator', () => {
  let console: ConsoleDatabase;

  beforeEach(async () => {
    console = await openConsoleDatabase();
  });
  afterEach(() => console?.drop());

  const opens = async (email: string, password: string | undefined) =>
    (await signIn(console.ctx, { email, password: password! })) !== undefined;

  it('issues a new one-time password as long as the first operator has chosen none', async () => {
    const first = await seedOperator(console.ctx);
    await inviteOperator(console.ctx, { email: 'ada@example.com', name: 'Ada', role: 'viewer' });

    const second = await seedOperator(console.ctx);

    assert.equal(second.email, first.email);
    assert.notEqual(second.oneTimePassword, first.oneTimePassword);
    assert.deepEqual(
      [await opens(first.email, first.oneTimePassword), await opens(first.email, second.oneTimePassword)],
      [false, true],
    );
  });

  it('leaves a password that was chosen alone', async () => {
    const { email, oneTimePassword } = await seedOperator(console.ctx);
    const operator = (await signIn(console.ctx, { email, password: oneTimePassword! }))!;
    const throttle = createLoginThrottle(console.database.pool, 'console');
    const password = 'uma frase longa de operador';
    const change = { operator, current: oneTimePassword!, password, keepSid: newId() };
    assert.equal(await changePassword(console.ctx, throttle, change), undefined);

    assert.deepEqual(await seedOperator(console.ctx), { email, oneTimePassword: undefined });
    assert.ok(await opens(email, password));
  });

  it('never lets somebody in again who was deactivated', async () => {
    const { email } = await seedOperator(console.ctx);
    const [row] = await console.ctx.db('platform.operators').select<{ id: string }[]>('id');
    await inviteOperator(console.ctx, { email: 'ada@example.com', name: 'Ada', role: 'admin' });
    await deactivateOperator(console.ctx, row!.id);

    const seeded = await seedOperator(console.ctx);

    assert.equal(seeded.email, 'ada@example.com');
    assert.equal(await opens(email, seeded.oneTimePassword), false);
  });
});
