import { z } from 'zod';
import { inviteOperator, ROLES } from '#domain/operators/index.ts';
import { defineCommand } from './command.ts';

export const operatorCommands = [
  defineCommand({
    noun: 'operator',
    verb: 'create',
    summary: 'Let a person into the console and print their one-time password.',
    options: {
      email: {
        value: 'EMAIL',
        help: 'They sign in with it.',
        schema: z.email({ error: 'Type an e-mail address.' }).max(254, { error: 'Type at most 254 characters.' }),
      },
      name: {
        value: 'NAME',
        help: 'How colleagues see them.',
        schema: z.string().trim().min(1, { error: 'Type a name.' }).max(120, { error: 'Type at most 120 characters.' }),
      },
      role: {
        value: 'ROLE',
        help: `What they may do: ${ROLES.join(', ')}.`,
        schema: z.enum(ROLES, { error: `Type one of ${ROLES.join(', ')}.` }),
      },
    },
    async run(input, { ctx }) {
      const { operator, password } = await inviteOperator(ctx, input);
      const { id, email, name, role } = operator;
      return { text: password, json: { id, email, name, role, one_time_password: password } };
    },
  }),
];
