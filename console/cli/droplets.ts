import { z } from 'zod';
import { dropletFields, enrolDroplet, listDroplets, type Droplet } from '#domain/droplets/index.ts';
import { Conflict } from '#platform/errors.ts';
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
        help: 'The private key in the SSH_KEYS_DIR of the ops worker.',
        schema: dropletFields.keyName,
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
      // Loaded here only: the SSH library would slow every other command down.
      const { fetchHostKey, fingerprint } = await import('#platform/ssh/index.ts');
      const hostKey = await fetchHostKey(rest.host, rest.port);
      refuseUnlessCompared(input, fingerprint(hostKey));
      const enrolment = { ...rest, username, keyName, hostKey, ...(probeUrl && { probeUrl }) };
      const droplet = await enrolDroplet(ctx, enrolment);
      return {
        text: `${droplet.name} is enrolled as ${addressOf(droplet)} with the host key ${expected}.`,
        json: toJson(droplet),
      };
    },
  }),
  defineCommand({
    noun: 'droplet',
    verb: 'list',
    summary: 'List enrolled machines, by name.',
    options: {},
    async run(_input, { ctx }) {
      const droplets = await listDroplets(ctx);
      const rows = droplets.map((it) => [
        it.name,
        it.role,
        it.status,
        addressOf(it),
        it.fingerprint,
        it.lastSeenAt?.toISOString() ?? 'never',
      ]);
      return {
        text: table(['NAME', 'ROLE', 'STATUS', 'ADDRESS', 'HOST KEY', 'LAST SEEN'], rows),
        json: droplets.map(toJson),
      };
    },
  }),
];

type Typed = { host: string; port: number; fingerprint?: string | undefined };

/** A key that nobody compared with the machine's own may be that of whoever stands in between. */
function refuseUnlessCompared(input: Typed & Record<string, string | number | undefined>, shown: string): void {
  const address = `${input.host}:${input.port}`;
  if (input.fingerprint === undefined)
    throw new Conflict(
      'fingerprint_not_compared',
      [
        `${address} shows the host key ${shown}. Nothing is enrolled yet.`,
        'Compare it with what the machine says of itself, over a channel you trust (ops/agent/README.md):',
        '  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
        'When they are the same, run:',
        `  npm run bc -- droplet enrol ${wordsOf({ ...input, fingerprint: shown })}`,
      ].join('\n'),
    );
  if (input.fingerprint !== shown)
    throw new Conflict(
      'fingerprint_differs',
      `${address} shows the host key ${shown}, and you expect ${input.fingerprint}. Nothing is enrolled: ask why before you go on.`,
    );
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

function toJson(droplet: Droplet) {
  return {
    id: droplet.id,
    name: droplet.name,
    role: droplet.role,
    host: droplet.host,
    port: droplet.port,
    username: droplet.username,
    key_name: droplet.keyName,
    fingerprint: droplet.fingerprint,
    probe_url: droplet.probeUrl ?? null,
    status: droplet.status,
    last_seen_at: droplet.lastSeenAt?.toISOString() ?? null,
    enrolled_at: droplet.enrolledAt.toISOString(),
    enrolled_by: droplet.enrolledBy,
  };
}
