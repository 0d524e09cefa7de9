import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { createInterface } from 'node:readline/promises';
import { z } from 'zod';
import {
  confirmApplication,
  formatOf,
  getApplication,
  issueFirstPasswords,
  lineKey,
  listLines,
  planApplication,
  textOf,
  type Application,
  type ApplicationLine,
} from '#domain/applications/index.ts';
import { AppError, InvalidInput } from '#platform/errors.ts';
import { toApplicationJson, toLineJson } from '#console/tenants/applications/schemas.ts';
import { defineCommand, UsageError, type Result, type Tools } from './command.ts';
import { followApplication } from './follow-application.ts';
import { table } from './table.ts';

const PAGE_SIZE = 500;
const EXIT_REFUSED = 1;
const ONLY_LOOK = 'Nothing was done.';
const NO_ANSWER = 'Nothing was done: nobody is here to answer. Pass --yes to apply without a question.';

export const applyCommands = [
  defineCommand({
    noun: 'apply',
    verb: 'passwords',
    summary: 'Issue first passwords for the stores that a file made, as CSV.',
    positional: 'id',
    options: {
      id: { value: 'ID', help: 'What “apply” named in its last line.', schema: z.string() },
    },
    async run({ id }, { ctx, storeUrl }) {
      const issued: { slug: string; address: string; email: string; one_time_password: string }[] = [];
      for await (const { slug, email, password } of issueFirstPasswords(ctx, id))
        issued.push({ slug, address: storeUrl(slug), email, one_time_password: password });
      const { stringify } = await import('csv-stringify/sync');
      const columns = ['slug', 'address', 'email', 'one_time_password'];
      return { text: stringify(issued, { header: true, columns, escape_formulas: true }).trimEnd(), json: issued };
    },
  }),
  defineCommand({
    noun: 'apply',
    verb: undefined,
    summary: 'Create and update the stores of a file; exit code 1 when any line was refused or failed.',
    options: {
      file: { value: 'FILE', short: 'f', help: 'CSV, YAML or JSON; - reads standard input.', schema: z.string() },
      'dry-run': { help: 'Only say line by line what would be done.', schema: z.boolean().default(false) },
      yes: { help: 'Do not ask before it is done.', schema: z.boolean().default(false) },
      reason: {
        value: 'TEXT',
        help: 'For colleagues and the audit log.',
        schema: z.string().trim().max(300, { error: 'Say why, in at most 300 characters.' }).optional(),
      },
    },
    async run({ file, reason, yes, 'dry-run': isDryRun }, tools) {
      if (file === '-' && !yes && !isDryRun)
        throw new UsageError(['--yes: is needed with “--file -”: the answer cannot come the same way as the file.']);
      const id = await plan(tools, file);
      const { counts } = await getApplication(tools.ctx, id);
      const stores = counts.create + counts.update;
      if (isDryRun || stores === 0) return answerOf(tools, id, { note: ONLY_LOOK });
      for (const line of (await reportOf(tools, id)).split('\n')) tools.progress(line);
      if (!yes) {
        const answer = await ask(`Apply to ${stores} stores? [y/N] `);
        // The report was shown with the question.
        if (!isYes(answer))
          return {
            ...(await answerOf(tools, id, { exitCode: EXIT_REFUSED })),
            text: answer === undefined ? NO_ANSWER : ONLY_LOOK,
          };
      }
      await confirmApplication(tools.ctx, id, { reason });
      await followApplication(tools.ctx, id, tools.progress);
      return answerOf(tools, id, { note: `First passwords: npm run bc -- apply passwords ${id}` });
    },
  }),
];

async function plan({ ctx }: Tools, file: string): Promise<string> {
  try {
    const content = textOf(file === '-' ? await buffer(process.stdin) : await bytesOf(file));
    const format = formatOf({ name: file === '-' ? undefined : file, text: content });
    return await planApplication(ctx, { format, content });
  } catch (error) {
    // Its field is the file, which is called by its name here.
    if (error instanceof AppError) throw new InvalidInput(error.code, `${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError([`--file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`]);
  }
}

/** Undefined when the input ended without an answer. */
async function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

const isYes = (answer: string | undefined) => /^(y|yes|s|sim)$/i.test(answer?.trim() ?? '');

type Ending = { note?: string; exitCode?: number };

async function answerOf(tools: Tools, id: string, { note, exitCode }: Ending): Promise<Result> {
  const application = await getApplication(tools.ctx, id);
  const { counts, states } = application;
  const isUnwell = counts.refused + states.failed + states.changed + (application.jobId ? states.planned : 0) > 0;
  return {
    text: [await reportOf(tools, id), ...(note ? [note] : [])].join('\n'),
    json: { application: toApplicationJson(application), lines: (await listAll(tools, id)).map(toLineJson) },
    exitCode: exitCode ?? (isUnwell ? EXIT_REFUSED : 0),
  };
}

/** What there is to know of each line that is not as the file says; the others are only counted. */
async function reportOf(tools: Tools, id: string): Promise<string> {
  const application = await getApplication(tools.ctx, id);
  const told = (await listAll(tools, id)).filter(({ action }) => action !== 'unchanged');
  const rows = told.map((line) => [String(line.line), line.slug, wordOf(line, application), detailOf(line)]);
  const { create, update, unchanged, refused } = application.counts;
  const sum = `${create} to create, ${update} to update, ${unchanged} unchanged, ${refused} refused.`;
  return [...(rows.length > 0 ? [table(['LINE', 'SLUG', 'WHAT', 'DETAILS'], rows)] : []), sum].join('\n');
}

function wordOf({ action, state }: ApplicationLine, { confirmedAt }: Application): string {
  return confirmedAt === undefined || action === 'refused' ? action : `${action}: ${state.replace('_', ' ')}`;
}

function detailOf({ faults, changes, errorMessage, adminKept }: ApplicationLine): string {
  const inWords = (value: unknown) => JSON.stringify(value ?? null);
  return [
    ...faults.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)),
    ...(errorMessage === undefined ? [] : [errorMessage]),
    ...changes.map(({ field, before, after }) => `${field}: ${inWords(before)} → ${inWords(after)}`),
    ...(adminKept ? ['the first user stays as it is'] : []),
  ].join('; ');
}

async function listAll({ ctx }: Tools, id: string): Promise<ApplicationLine[]> {
  const all: ApplicationLine[] = [];
  let after: readonly string[] | undefined;
  do {
    const rows = await listLines(ctx, id, { which: 'all', limit: PAGE_SIZE, after });
    all.push(...rows.slice(0, PAGE_SIZE));
    after = rows.length > PAGE_SIZE ? lineKey(all.at(-1)!) : undefined;
  } while (after);
  return all;
}
