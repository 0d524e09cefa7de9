import { z } from 'zod';
import { InvalidInput } from '#platform/errors.ts';
import { fieldErrors } from '#platform/http/parse.ts';
import type { DropletRole } from '#domain/droplets/types.ts';

/*
 * The verbs of the agent that a person may run by hand (ops/agent/README.md): those that look. What changes an edge has its
 * own ways, which keep the history of it: publications, and the jobs of the Edge page.
 */

/** An argument as a form asks for it; the order is that of the agent's words. */
type ArgumentField =
  | { name: string; kind: 'choice'; choices: readonly string[] }
  | { name: string; kind: 'number'; min: number; max: number; initial: number | undefined }
  | { name: string; kind: 'slug' };

type Verb = {
  /** On which machines the agent knows it; undefined is on all of them. */
  role?: DropletRole;
  fields: readonly ArgumentField[];
  /** How long it may take, ms. */
  timeoutMs: number;
};

const QUICK = 15_000;

/** The longest that a log may be followed, in seconds. */
const MAX_FOLLOW_SECONDS = 600;

const VERBS = {
  status: { fields: [], timeoutMs: QUICK },
  processes: { fields: [], timeoutMs: QUICK },
  logs: {
    fields: [
      { name: 'log', kind: 'choice', choices: ['access', 'error', 'agent'] },
      { name: 'lines', kind: 'number', min: 1, max: 1000, initial: 100 },
      { name: 'follow', kind: 'number', min: 1, max: MAX_FOLLOW_SECONDS, initial: undefined },
    ],
    timeoutMs: QUICK,
  },
  version: { fields: [], timeoutMs: QUICK },
  certificates: { role: 'edge', fields: [], timeoutMs: QUICK },
  smoke: { role: 'edge', fields: [], timeoutMs: QUICK },
  manifest: { role: 'edge', fields: [], timeoutMs: 30_000 },
  read: { role: 'edge', fields: [{ name: 'slug', kind: 'slug' }], timeoutMs: QUICK },
  test: { role: 'edge', fields: [], timeoutMs: 30_000 },
} as const satisfies Record<string, Verb>;

export type VerbName = keyof typeof VERBS;

export function isVerb(name: string): name is VerbName {
  return Object.hasOwn(VERBS, name);
}

/** The verbs of a machine of this role, in the order in which they are offered. */
export function verbsOf(role: DropletRole): VerbName[] {
  return (Object.keys(VERBS) as VerbName[]).filter((name) => {
    const { role: only }: Verb = VERBS[name];
    return only === undefined || only === role;
  });
}

export function fieldsOf(verb: VerbName): readonly ArgumentField[] {
  return VERBS[verb].fields;
}

function schemaOf(field: ArgumentField): z.ZodType<string | number | undefined> {
  if (field.kind === 'choice') return z.enum(field.choices, { error: `Choose one of ${field.choices.join(', ')}.` });
  if (field.kind === 'slug')
    return z
      .string()
      .regex(/^(?=.{3,40}$)[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'Type the address of a store, like acme.' });
  const error = `Type a whole number from ${field.min} to ${field.max}.`;
  const number = z.coerce.number({ error }).pipe(z.int({ error }).min(field.min, { error }).max(field.max, { error }));
  if (field.initial !== undefined) return number.default(field.initial);
  return z
    .literal('')
    .transform(() => undefined)
    .or(number)
    .optional();
}

/** What a person asks for: a verb, and its arguments by name. */
export type RunInput = { verb: string; args: Record<string, unknown> };

/** What is sent to the agent: words. */
type Run = { verb: VerbName; args: string[] };

/**
 * Checks a verb and its arguments by their types. Throws InvalidInput `run_invalid` naming each field at fault: `verb`, or
 * `args.<name>`.
 */
export function parseRun(input: RunInput, role: DropletRole): Run {
  const { verb } = input;
  if (!isVerb(verb) || !verbsOf(role).includes(verb))
    throw refusal([{ path: 'verb', code: 'unknown_verb', message: `Choose one of ${verbsOf(role).join(', ')}.` }]);
  const fields = fieldsOf(verb);
  const shape = Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]));
  const parsed = z.strictObject(shape).safeParse(input.args);
  if (!parsed.success) throw refusal(fieldErrors(parsed.error).map(inArguments));
  const { follow, ...given } = parsed.data;
  const words = fields.flatMap(({ name }) => (given[name] === undefined ? [] : [String(given[name])]));
  return { verb, args: follow === undefined ? words : [...words, 'follow', String(follow)] };
}

function inArguments(error: { path: string; code: string; message: string }) {
  return { ...error, path: error.path === '' ? 'args' : `args.${error.path}` };
}

function refusal(fields: { path: string; code: string; message: string }[]): InvalidInput {
  return new InvalidInput('run_invalid', 'This verb cannot be run like that.', { fields });
}

/** For how many seconds a run watches a log; undefined when it does not. */
export function followSecondsOf(args: readonly string[]): number | undefined {
  const at = args.indexOf('follow');
  return at < 0 ? undefined : Number(args[at + 1]);
}

/** How long a run may take, ms: a log that is followed ends by itself, a little later at the latest. */
export function timeLimitOf({ verb, args }: { verb: string; args: readonly string[] }): number {
  const follow = followSecondsOf(args);
  if (follow !== undefined) return (follow + 15) * 1000;
  return isVerb(verb) ? VERBS[verb].timeoutMs : QUICK;
}
