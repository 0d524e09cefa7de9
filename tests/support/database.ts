import { randomBytes } from 'node:crypto';
import { connected, type DbRole, type RolePasswords } from '#ops/local/roles.ts';
import { TEMPLATE_DATABASE, testStack } from './stack.ts';

export type TestDatabase = {
  name: string;
  url(role: DbRole): string;
  superuserUrl: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
};

/** A migrated database of the caller's own, copied from the template of this run. Drop it in `after`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await connected(urlOf('postgres', 'postgres'), async (client) => {
    await client.query(`create database ${name} template ${TEMPLATE_DATABASE} owner bc_owner`);
    // A copy brings the rights inside the database along, not those on the database.
    await client.query(`revoke all on database ${name} from public`);
    await client.query(
      `grant connect on database ${name} to bc_migrate, bc_app, bc_relay, bc_worker, bc_console, bc_backup`,
    );
  });
  return {
    name,
    url: (role) => urlOf(role, name),
    superuserUrl: urlOf('postgres', name),
    drop: () =>
      connected(urlOf('postgres', 'postgres'), async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

function urlOf(role: keyof RolePasswords, database: string): string {
  const { postgresPort, passwords } = testStack();
  return `postgresql://${role}:${encodeURIComponent(passwords[role])}@127.0.0.1:${postgresPort}/${database}`;
}
