import assert from 'node:assert/strict';
import { changeRole, deactivateOperator, inviteOperator, signIn } from '#domain/operators/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('operators', () => {
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
  });
  after(() => console.drop());

  const admin = async (email: string) =>
    (await inviteOperator(console.ctx, { email, name: email, role: 'admin' })).operator;

  it('keep one admin, also when two admins demote each other at the same moment', async () => {
    const [olivia, sam] = [await admin('olivia@example.com'), await admin('sam@example.com')];

    const outcomes = await Promise.allSettled([
      changeRole(console.ctx, olivia.id, 'viewer'),
      deactivateOperator(console.ctx, sam.id),
    ]);

    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    assert.deepEqual(refusals, ['last_admin']);
    const left = await console.ctx.db('platform.operators').where({ role: 'admin', active: true });
    assert.equal(left.length, 1);
  });

  it('exist once per e-mail, however it is written and however many invite at once', async () => {
    const spellings = ['Ana@Example.com', 'ana@example.com', ' ANA@EXAMPLE.COM '];

    const outcomes = await Promise.allSettled(
      spellings.map((email) => inviteOperator(console.ctx, { email, name: 'Ana', role: 'viewer' })),
    );

    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.equal(outcome.reason.fields[0].code, 'email_taken');
  });

  it('sign in with their e-mail in any case and surrounded by spaces', async () => {
    const { operator, password } = await inviteOperator(console.ctx, {
      email: 'bea@example.com',
      name: 'Bea',
      role: 'viewer',
    });

    const signedIn = await signIn(console.ctx, { email: ' Bea@Example.COM ', password });

    assert.equal(signedIn?.id, operator.id);
    assert.ok(signedIn.lastLoginAt);
  });

  it('cannot be deleted by the console’s own role: what they did stays theirs', async () => {
    await assert.rejects(console.ctx.db('platform.operators').delete(), /permission denied/);
    await assert.rejects(console.ctx.db('platform.audit_log').delete(), /permission denied/);
    await assert.rejects(console.ctx.db('platform.audit_log').update({ action: 'x' }), /permission denied/);
  });

  it('sign in by their address in any case, and by no other letter that the database takes for the same', async () => {
    const { password } = await inviteOperator(console.ctx, { email: 'ines@example.com', name: 'Inês', role: 'viewer' });

    assert.ok(await signIn(console.ctx, { email: 'INES@example.com', password }));
    assert.equal(await signIn(console.ctx, { email: 'İnes@example.com', password }), undefined);
  });
});
