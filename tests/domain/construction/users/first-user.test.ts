import assert from 'node:assert/strict';
import { hashPassword } from '#platform/auth/passwords.ts';
import { withTenant } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { createFirstUser, removeUsers } from '#domain/construction/users/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('the first user of a store', () => {
  let console: ConsoleDatabase;
  let tenantId: string;
  let passwordHash: string;

  before(async () => {
    console = await openConsoleDatabase();
    passwordHash = await hashPassword('areia-media-lavada');
  });
  after(() => console.drop());

  beforeEach(async () => {
    tenantId = newId();
    await console.ctx.db('platform.tenants').insert({
      id: tenantId,
      slug: `store-${tenantId.slice(-8)}`,
      name: 'Casa Forte',
      status: 'provisioning',
      status_changed_at: new Date(),
      admin_email: 'ana@test.example',
      created_at: new Date(),
      updated_at: new Date(),
    });
  });

  const create = (mustChangePassword = true) =>
    createFirstUser(console.ctx, {
      tenantId,
      name: 'Ana',
      email: 'Ana@Test.example',
      passwordHash,
      mustChangePassword,
    });

  const users = () =>
    withTenant(console.ctx, tenantId, ({ db }) =>
      db('construction.users').where({ tenant_id: tenantId }).select('id', 'email', 'role', 'must_change_password'),
    );

  it('is an administrator whose one-time password is to be changed', async () => {
    const id = await create();

    assert.deepEqual(await users(), [{ id, email: 'Ana@Test.example', role: 'admin', must_change_password: true }]);
  });

  it('keeps a password that was chosen for good', async () => {
    await create(false);

    const [user] = await users();

    assert.equal(user.must_change_password, false);
  });

  it('is made once, however often an onboarding is resumed', async () => {
    const first = await create();
    const again = await create();

    assert.equal(again, first);
    assert.equal((await users()).length, 1);
  });

  it('is gone again when the onboarding is undone', async () => {
    await create();
    await removeUsers(console.ctx, tenantId);

    assert.deepEqual(await users(), []);
  });

  it('can be made and removed by the console, which can never read the password hash', async () => {
    await create();

    await assert.rejects(
      withTenant(console.ctx, tenantId, ({ db }) => db('construction.users').select('password_hash')),
      /permission denied/,
    );
  });

  it('is out of sight for a console that has not entered the store', async () => {
    await create();

    assert.deepEqual(await console.ctx.db('construction.users').select('id'), []);
  });
});
