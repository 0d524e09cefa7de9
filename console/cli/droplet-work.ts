import { z } from 'zod';
import { toDropletJson, toRotationJson } from '#console/droplets/schemas.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import {
  abandonKeyRotation,
  beginKeyRotation,
  dropletFields,
  finishKeyRotation,
  readDroplet,
  requestRun,
  retireDroplet,
  verifyKeyRotation,
} from '#domain/droplets/index.ts';
import { AppError } from '#platform/errors.ts';
import { defineCommand, UsageError } from './command.ts';
import { followJob } from './follow-job.ts';
import { followRun } from './follow-run.ts';

const name = { value: 'NAME', help: 'The droplet.', schema: dropletFields.name };

const STEPS = {
  begin: beginKeyRotation,
  verify: verifyKeyRotation,
  finish: finishKeyRotation,
  abandon: abandonKeyRotation,
} as const;

/** What is done with machines that are enrolled. */
export const dropletWorkCommands = [
  defineCommand({
    noun: 'droplet',
    verb: 'show',
    summary: 'Say how a droplet is.',
    positional: 'name',
    options: { name },
    async run({ name }, { ctx }) {
      const json = toDropletJson(await readDroplet(ctx, name));
      return { text: JSON.stringify(json, undefined, 2), json };
    },
  }),
  defineCommand({
    noun: 'droplet',
    verb: 'run',
    summary: 'Run a verb of the agent on a droplet and print what it prints.',
    positional: 'name',
    options: {
      name,
      verb: { value: 'VERB', help: 'Like status, processes, logs, test.', schema: z.string() },
      log: { value: 'LOG', help: 'For logs: access, error or agent.', schema: z.string().optional() },
      lines: { value: 'N', help: 'For logs: how many lines, 1 to 1000.', schema: z.string().optional() },
      follow: { value: 'SECONDS', help: 'For logs: go on watching, up to 600 s.', schema: z.string().optional() },
      slug: { value: 'SLUG', help: 'For read: the store.', schema: z.string().optional() },
    },
    async run({ name, verb, ...given }, { ctx, progress }) {
      const args = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const jobId = await requestRun(ctx, name, { verb, args }).catch(namingOptions);
      const { job, output } = await followRun(ctx, jobId, given.follow === undefined ? () => undefined : progress);
      return {
        text: given.follow === undefined ? output.trimEnd() : `${job.status}: ${output.split('\n').length - 1} lines`,
        json: { job: toJobJson(job), output },
      };
    },
  }),
  defineCommand({
    noun: 'droplet',
    verb: 'rotate-key',
    summary: 'Change the key we log in with, in steps: begin, verify, finish; or abandon.',
    positional: 'name',
    options: {
      name,
      step: {
        value: 'STEP',
        help: 'begin, verify, finish or abandon.',
        schema: z.enum(['begin', 'verify', 'finish', 'abandon'], { error: 'Type begin, verify, finish or abandon.' }),
      },
    },
    async run({ name, step }, { ctx, progress }) {
      await followJob(ctx, await STEPS[step](ctx, name), progress);
      const json = toRotationJson(await readDroplet(ctx, name));
      return { text: nextOf(name, json), json };
    },
  }),
  defineCommand({
    noun: 'droplet',
    verb: 'retire',
    summary: 'Give a droplet up: nothing is sent to it any more, and our key for it is deleted.',
    positional: 'name',
    options: { name },
    async run({ name }, { ctx }) {
      await retireDroplet(ctx, name);
      return {
        text: `${name} is retired. Take our key's line out of its authorized_keys.`,
        json: { name, retired: true },
      };
    },
  }),
];

/** `args.lines` is `--lines` here. */
function namingOptions(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'run_invalid') throw error;
  throw new UsageError(error.fields.map(({ path, message }) => `--${path.replace('args.', '')}: ${message}`));
}

/** What a person does next about a key. */
function nextOf(name: string, { state, new_public_key: line, key_name: keyName }: RotationJson): string {
  if (state === 'made')
    return [
      `Install this key on ${name} beside the old one: copy the old one's line in its authorized_keys, and put this in the place of the key.`,
      `  ${line}`,
      `Then run: npm run bc -- droplet rotate-key ${name} --step verify`,
    ].join('\n');
  if (state === 'verified')
    return `${name} lets the new key in. Make it the one in use: npm run bc -- droplet rotate-key ${name} --step finish`;
  if (state === 'finished')
    return `${keyName} is in use, and the old private key is deleted. Take its line out of authorized_keys on ${name}.`;
  return `The change is given up; ${keyName} stays in use.`;
}

type RotationJson = ReturnType<typeof toRotationJson>;
