import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Context } from '#platform/context.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';

/** The words on the command line are not what they should be; every line names an option. Exit code 2. */
export class UsageError extends Error {
  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.name = 'UsageError';
  }
}

type Option = {
  schema: z.ZodType;
  help: string;
  /** What stands for the value in the help; a switch has none. */
  value?: string;
  /** One letter for it. */
  short?: string;
};

type Options = Record<string, Option>;
type Values<O extends Options> = { [K in keyof O]: z.output<O[K]['schema']> };

/** What a command says: `text` for people, `json` for programs. `exitCode` tells what was done only in part. */
export type Result = { text: string; json: unknown; exitCode?: number };

/** What a command gets to work with: use cases, and a line for people who watch (on standard error). */
export type Tools = {
  ctx: Context;
  storeUrl: (slug: string) => string;
  baseDomain: string;
  /** For proofs of stores' own domains. */
  lookup: PublicLookup;
  progress: (line: string) => void;
};

export type Command = {
  noun: string;
  verb: string | undefined;
  summary: string;
  options: Options;
  /** The option that may be given as the first word without its name. */
  positional?: string;
  /** Reads the words after noun and verb; throws {@link UsageError} naming every option at fault. */
  parse(args: string[]): { json: boolean; run: (tools: Tools) => Promise<Result> };
};

type Spec<O extends Options> = Omit<Command, 'options' | 'parse'> & {
  options: O;
  run(values: Values<O>, tools: Tools): Promise<Result>;
};

/** Declares a command; `run` gets values that its options' schemas have accepted. */
export function defineCommand<O extends Options>(spec: Spec<O>): Command {
  return {
    ...spec,
    parse(args) {
      const { json, ...given } = split(args, spec);
      const values = check(given, spec.options);
      return { json: json === true, run: (tools) => spec.run(values as Values<O>, tools) };
    },
  };
}

function split(args: string[], { options, positional }: Pick<Command, 'options' | 'positional'>) {
  const types = Object.entries(options).map(([name, { value, short }]) => [
    name,
    { type: value ? 'string' : 'boolean', ...(short !== undefined && { short }) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args,
      options: {
        ...(Object.fromEntries(types) as Record<string, { type: 'string' | 'boolean'; short?: string }>),
        json: { type: 'boolean' },
      },
      allowPositionals: positional !== undefined,
    });
    const [first, ...more] = positionals;
    if (more.length > 0) throw new UsageError([`“${more[0]}” is one word too many.`]);
    return { ...values, ...(positional !== undefined && first !== undefined && { [positional]: first }) } as Record<
      string,
      unknown
    >;
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new UsageError([error.message]);
    throw error;
  }
}

function check(given: Record<string, unknown>, options: Options): Record<string, unknown> {
  const schema = z.object(Object.fromEntries(Object.entries(options).map(([name, { schema }]) => [name, schema])));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `--${name}: ${given[name] === undefined ? `is missing. ${options[name]!.help}` : issue.message}`;
    }),
  );
}
