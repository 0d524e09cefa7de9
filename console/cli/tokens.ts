import { z } from 'zod';
import { ROLES } from '#domain/operators/index.ts';
import {
  createToken,
  DEFAULT_TOKEN_DAYS,
  listTokens,
  MAX_TOKEN_DAYS,
  revokeToken,
  type ApiToken,
} from '#domain/tokens/index.ts';
import { defineCommand } from './command.ts';
import { table } from './table.ts';

const DAYS = `Type a whole number from 1 to ${MAX_TOKEN_DAYS}.`;

const name = {
  value: 'NAME',
  help: 'What it is for; shown in the audit log.',
  schema: z.string().trim().min(1, { error: 'Type a name.' }).max(80, { error: 'Type at most 80 characters.' }),
};

export const tokenCommands = [
  defineCommand({
    noun: 'token',
    verb: 'create',
    summary: 'Make an API token and print it. It cannot be shown again.',
    options: {
      name,
      role: {
        value: 'ROLE',
        help: `What it may do: ${ROLES.join(', ')}.`,
        schema: z.enum(ROLES, { error: `Type one of ${ROLES.join(', ')}.` }),
      },
      days: {
        value: 'DAYS',
        help: `How long it lives, ${DEFAULT_TOKEN_DAYS} when not given.`,
        schema: z.coerce
          .number({ error: DAYS })
          .int({ error: DAYS })
          .min(1, { error: DAYS })
          .max(MAX_TOKEN_DAYS, { error: DAYS })
          .default(DEFAULT_TOKEN_DAYS),
      },
    },
    async run(input, { ctx }) {
      const { token, secret } = await createToken(ctx, input);
      return { text: secret, json: { ...toJson(token), token: secret } };
    },
  }),
  defineCommand({
    noun: 'token',
    verb: 'list',
    summary: 'List API tokens, without their secrets.',
    options: {},
    async run(_input, { ctx }) {
      const tokens = await listTokens(ctx);
      const rows = tokens.map((token) => [
        token.name,
        token.role,
        stateOf(token, ctx.clock.now()),
        token.lastUsedOn ?? 'never',
      ]);
      return { text: table(['NAME', 'ROLE', 'STATE', 'LAST USED'], rows), json: tokens.map(toJson) };
    },
  }),
  defineCommand({
    noun: 'token',
    verb: 'revoke',
    summary: 'End an API token at once.',
    positional: 'name',
    options: { name },
    async run(input, { ctx }) {
      const token = await revokeToken(ctx, input.name);
      return { text: `${token.name} is revoked.`, json: toJson(token) };
    },
  }),
];

function stateOf(token: ApiToken, now: Date): string {
  if (token.revokedAt) return 'revoked';
  return token.expiresAt <= now ? 'expired' : `until ${token.expiresAt.toISOString().slice(0, 10)}`;
}

function toJson(token: ApiToken) {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    created_by: token.createdBy,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    revoked_at: token.revokedAt?.toISOString() ?? null,
    last_used_on: token.lastUsedOn ?? null,
  };
}
