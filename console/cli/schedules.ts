import { z } from 'zod';
import {
  createSchedule,
  listRuns,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runScheduleNow,
  scheduleFields,
  type Schedule,
} from '#domain/schedules/index.ts';
import { NotFound } from '#platform/errors.ts';
import { toRunJson, toScheduleJson } from '#console/schedules/schemas.ts';
import { defineCommand, type Tools } from './command.ts';
import { requested, wait } from './requested-job.ts';
import { table } from './table.ts';

const schedule = { value: 'NAME', help: 'Which schedule, by its name.', schema: z.string() };

export const scheduleCommands = [
  defineCommand({
    noun: 'schedule',
    verb: 'list',
    summary: 'List what is done by the clock.',
    options: {},
    async run(_values, { ctx }) {
      const schedules = await listSchedules(ctx);
      const rows = schedules.map((one) => [
        one.name,
        one.work,
        one.cron,
        one.timezone,
        one.nextDueAt?.toISOString() ?? 'paused',
        one.lastRun ? `${one.lastRun.job?.status ?? one.lastRun.outcome} ${one.lastRun.dueAt.toISOString()}` : 'never',
      ]);
      return {
        text: table(['NAME', 'WORK', 'CRON', 'TIME ZONE', 'NEXT', 'LAST'], rows),
        json: schedules.map(toScheduleJson),
      };
    },
  }),
  defineCommand({
    noun: 'schedule',
    verb: 'create',
    summary: 'Have something done by the clock from now on.',
    positional: 'name',
    options: {
      name: { value: 'NAME', help: 'What it is called.', schema: scheduleFields.name },
      work: { value: 'WORK', help: 'What is done: reload_edges, publish_maps.', schema: scheduleFields.work },
      cron: { value: 'CRON', help: 'When: minute, hour, day, month, day of the week.', schema: scheduleFields.cron },
      timezone: { value: 'ZONE', help: 'Whose clock.', schema: scheduleFields.timezone.default('America/Sao_Paulo') },
      'when-missed': {
        value: 'POLICY',
        help: 'skip or run_once.',
        schema: scheduleFields.whenMissed.default('skip'),
      },
    },
    async run({ 'when-missed': whenMissed, ...input }, { ctx }) {
      const made = await createSchedule(ctx, { ...input, whenMissed });
      return { text: `${made.name} is due at ${made.nextDueAt?.toISOString()}.`, json: toScheduleJson(made) };
    },
  }),
  defineCommand({
    noun: 'schedule',
    verb: 'run',
    summary: 'Run a schedule now.',
    positional: 'schedule',
    options: { schedule, wait },
    async run({ schedule: name, wait: isAwaited }, tools) {
      const { id } = await named(tools, name);
      return requested(tools, await runScheduleNow(tools.ctx, id), isAwaited);
    },
  }),
  defineCommand({
    noun: 'schedule',
    verb: 'runs',
    summary: 'List the latest runs of a schedule.',
    positional: 'schedule',
    options: { schedule },
    async run({ schedule: name }, tools) {
      const { id } = await named(tools, name);
      const runs = (await listRuns(tools.ctx, id, { limit: 50 })).slice(0, 50);
      const rows = runs.map(({ dueAt, outcome, reason, slots, job }) => [
        dueAt.toISOString(),
        job?.status ?? outcome,
        [reason, slots > 1 ? `${slots} times` : ''].filter(Boolean).join(', '),
        job?.error ?? '',
      ]);
      return { text: table(['DUE', 'RESULT', 'WHY', 'ERROR'], rows), json: runs.map(toRunJson) };
    },
  }),
  change('pause', 'Run nothing of it until it is resumed.', pauseSchedule, 'paused'),
  change('resume', 'Go on with the next due time.', resumeSchedule, 'on again'),
  change('delete', 'Delete a schedule and its history.', removeSchedule, 'deleted'),
];

function change(verb: string, summary: string, run: (ctx: Tools['ctx'], id: string) => Promise<void>, done: string) {
  return defineCommand({
    noun: 'schedule',
    verb,
    summary,
    positional: 'schedule',
    options: { schedule },
    async run({ schedule: name }, tools) {
      const known = await named(tools, name);
      await run(tools.ctx, known.id);
      return { text: `${known.name} is ${done}.`, json: { id: known.id, name: known.name } };
    },
  });
}

async function named({ ctx }: Tools, name: string): Promise<Schedule> {
  const known = (await listSchedules(ctx)).find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
  if (!known) throw new NotFound('schedule_not_found', `There is no schedule called “${name}”.`);
  return known;
}
