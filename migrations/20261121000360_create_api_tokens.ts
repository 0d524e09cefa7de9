import type { Knex } from 'knex';

/** Tokens with which programs use the console's API. The token itself is stored nowhere, only its sha256. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.api_tokens (
      id uuid primary key,
      name text not null check (char_length(name) between 1 and 80),
      role text not null check (role in ('viewer', 'on_call', 'operator', 'admin')),
      token_hash bytea not null unique check (octet_length(token_hash) = 32),
      created_by text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz,
      -- Day-exact: a row write per request would cost more than the knowledge is worth.
      last_used_on date
    );
    create unique index api_tokens_by_name on platform.api_tokens (lower(name)) where revoked_at is null;

    -- No DELETE: the audit log names tokens that must stay explainable.
    grant select, insert, update on platform.api_tokens to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table platform.api_tokens;');
}
