import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** The login roles of the platform's processes, one each, so a stolen URL opens only what that process needs. */
export const DB_ROLES = ['bc_migrate', 'bc_app', 'bc_relay', 'bc_worker', 'bc_console', 'bc_backup'] as const;
export type DbRole = (typeof DB_ROLES)[number];
export type RolePasswords = Record<DbRole | 'postgres', string>;

const SQL = new URL('../droplet-3-infra/postgres/', import.meta.url);

/** How to reach one PostgreSQL: as any role, or as its superuser; of the platform's database unless another is named. */
export type DatabaseAddress = {
  name: string;
  url(role: DbRole, database?: string): string;
  superuserUrl(database?: string): string;
};

/** `superuserUrl` names server and database; the roles have `passwords` once {@link createRoles} ran. */
export function databaseAddress(superuserUrl: string, passwords: RolePasswords): DatabaseAddress {
  const name = decodeURIComponent(new URL(superuserUrl).pathname.slice(1)) || 'basecommerce';
  const urlOf = (database: string, credentials?: { username: string; password: string }) => {
    const url = new URL(superuserUrl);
    url.pathname = `/${database}`;
    return Object.assign(url, credentials).href;
  };
  return {
    name,
    url: (role, database = name) => urlOf(database, { username: role, password: passwords[role] }),
    superuserUrl: (database = name) => urlOf(database),
  };
}

/** Creates the roles of roles.sql, or gives existing ones these passwords. `superuserUrl` is of any database. */
export async function createRoles(superuserUrl: string, passwords: RolePasswords): Promise<void> {
  await connected(superuserUrl, async (client) => {
    for (const role of DB_ROLES)
      await client.query('select set_config($1, $2, false)', [`basecommerce.${role}_password`, passwords[role]]);
    await client.query(await readFile(new URL('roles.sql', SQL), 'utf8'));
  });
}

/** Creates the database, owned by bc_owner, when it is missing, and gives the roles their rights on it. */
export async function createDatabase(address: DatabaseAddress, name: string): Promise<void> {
  await connected(address.superuserUrl('postgres'), async (client) => {
    const existing = await client.query('select from pg_database where datname = $1', [name]);
    if (existing.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)} owner bc_owner`);
  });
  await connected(address.superuserUrl(name), async (client) => {
    await client.query(await readFile(new URL('database.sql', SQL), 'utf8'));
  });
}

/** Runs `fn` on one connection of its own. */
export async function connected<T>(url: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'setup' });
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}
