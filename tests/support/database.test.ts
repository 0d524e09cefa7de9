import assert from 'node:assert/strict';
import { connected } from '#ops/local/roles.ts';
import { createTestDatabase } from './database.ts';

describe('createTestDatabase', () => {
  it('lets each service role in, and holds no role that bypasses row security but backup', async () => {
    const database = await createTestDatabase();
    try {
      const roles = ['bc_migrate', 'bc_app', 'bc_relay', 'bc_worker', 'bc_console', 'bc_backup'] as const;
      const bypassing: string[] = [];
      for (const role of roles)
        await connected(database.url(role), async (client) => {
          const { rows } = await client.query(
            'select rolsuper or rolbypassrls as bypass from pg_roles where rolname = current_user',
          );
          if (rows[0].bypass) bypassing.push(role);
        });

      assert.deepEqual(bypassing, ['bc_backup']);
    } finally {
      await database.drop();
    }
  });
});
