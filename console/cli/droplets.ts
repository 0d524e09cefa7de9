import { z } from 'zod';
import { toDropletJson } from '#console/droplets/schemas.ts';
import { dropletFields, enrolCompared, readDroplet, readInventory, type Droplet } from '#domain/droplets/index.ts';
import { AppError, Conflict } from '#platform/errors.ts';
import { defineCommand, UsageError } from './command.ts';
import { table } from './table.ts';

export const dropletCommands = [
  defineCommand({
    noun: 'droplet',
    verb: 'enrol',
    summary: 'Pin a machine’s host key, so that jobs may drive it; again after it was rebuilt.',
    positional: 'name',
    options: {
      name: { value: 'NAME', help: 'What we call it, like edge-1.', schema: dropletFields.name },
      role: { value: 'ROLE', help: 'edge, vertical or infra.', schema: dropletFields.role },
      host: { value: 'HOST', help: 'Its private address.', schema: dropletFields.host },
      port: {
        value: 'PORT',
        help: 'Where its sshd listens, 22 when not given.',
        schema: z.coerce.number({ error: 'Type a port, 1 to 65535.' }).default(22).pipe(dropletFields.port),
      },
      user: { value: 'USER', help: 'The account that is bound to the agent.', schema: dropletFields.username },
      'key-name': {
        value: 'FILE',
        help: 'The private key in the SSH_KEYS_DIR of the ops worker; NAME when not given. Made when missing.',
        schema: dropletFields.keyName.optional(),
      },
      'probe-url': {
        value: 'URL',
        help: 'Where an edge answers HTTP.',
        schema: dropletFields.probeUrl.optional(),
      },
      fingerprint: {
        value: 'SHA256:…',
        help: 'What the machine itself says of its host key; without it, see what it shows and enrol nothing.',
        schema: z
          .string()
          .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, { error: 'Type it as ssh-keygen prints it: SHA256 and 43 characters.' })
          .optional(),
      },
    },
    async run(input, { ctx }) {
      const { user: username, 'key-name': keyName, 'probe-url': probeUrl, fingerprint: expected, ...rest } = input;
      if (rest.role === 'edge' && !probeUrl) throw new UsageError(['--probe-url: Say where this edge answers HTTP.']);
      const machine = { ...rest, username, keyName: keyName ?? rest.name, ...(probeUrl && { probeUrl }) };
      const { droplet } = await enrolCompared(ctx, machine, expected).catch((error: unknown) =>
        sayHowToGoOn(input, error),
      );
      return {
        text: `${droplet.name} is enrolled as ${addressOf(droplet)} with the host key ${expected}.`,
        json: toDropletJson(await readDroplet(ctx, droplet.name)),
      };
    },
  }),
  defineCommand({
    noun: 'droplet',
    verb: 'list',
    summary: 'List enrolled machines, by name.',
    options: {},
    async run(_input, { ctx }) {
      const lines = await readInventory(ctx);
      const rows = lines.map(({ droplet, verdict, facts }) => [
        droplet.name,
        droplet.role,
        droplet.status,
        verdict.reasons.join(', ') || 'well',
        addressOf(droplet),
        droplet.fingerprint,
        (facts.status?.asOf ?? droplet.lastSeenAt)?.toISOString() ?? 'never',
      ]);
      return {
        text: table(['NAME', 'ROLE', 'STATUS', 'STATE', 'ADDRESS', 'HOST KEY', 'LAST SEEN'], rows),
        json: lines.map(toDropletJson),
      };
    },
  }),
];

/** A key that nobody compared: the fingerprint to compare, and the command that goes on. */
function sayHowToGoOn(input: Record<string, string | number | undefined>, error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'fingerprint_not_compared') throw error;
  const shown = String(error.members.fingerprint);
  const lines = [
    `${input.host}:${input.port} shows the host key ${shown}. Nothing is enrolled yet.`,
    'Compare it with what the machine says of itself, over a channel you trust (ops/agent/README.md):',
    '  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
    'When they are the same, run:',
    `  npm run bc -- droplet enrol ${wordsOf({ ...input, fingerprint: shown })}`,
  ];
  throw new Conflict(error.code, lines.join('\n'), { cause: error });
}

function wordsOf(input: Record<string, string | number | undefined>): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `--${name} ${quoted(String(value))}`).join(' ');
}

/** For the shell: an address may hold `&` or `?`. */
function quoted(word: string): string {
  return /^[\w.:/+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function addressOf({ username, host, port }: Droplet): string {
  return `${username}@${host}:${port}`;
}
