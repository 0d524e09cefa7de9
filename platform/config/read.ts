import type { z } from 'zod';

export type Environment = Record<string, string | undefined>;

/** Lists every bad key at once; never a value, since a bad value may be a secret in the wrong place. */
export class ConfigError extends Error {
  /** One a bad key: the key, and what is wrong with it. */
  readonly problems: readonly string[];

  constructor(what: string, problems: string[]) {
    super([`The ${what} cannot start: its environment is wrong.`, ...problems.map((p) => `  ${p}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the keys of `schemas`; an empty value counts as a missing one. Throws {@link ConfigError} naming all bad keys of
 * `what`, as in "The ops process cannot start".
 */
export function readKeys<S extends Record<string, z.ZodType>>(
  what: string,
  schemas: S,
  environment: Environment,
): { [K in keyof S]: z.output<S[K]> } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, schema] of Object.entries(schemas)) {
    const given = environment[key] || undefined;
    const parsed = schema.safeParse(given);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(`${key}: ${given === undefined ? 'is missing' : parsed.error.issues[0]!.message}`);
  }
  if (problems.length > 0) throw new ConfigError(what, problems);
  return values as { [K in keyof S]: z.output<S[K]> };
}
