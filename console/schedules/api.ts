import { z } from 'zod';
import { getJob } from '#domain/jobs/index.ts';
import {
  changeSchedule,
  createSchedule,
  getSchedule,
  listRuns,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runKey,
  runScheduleNow,
} from '#domain/schedules/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { API_ROOT, endpoint } from '#console/api/endpoint.ts';
import { pageOf, pageQuery } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import * as schemas from './schemas.ts';

const tag = 'Schedules';
const params = z.object({ id: z.string() });
const response = schemas.scheduleSchema;
const refusals = { 409: '`schedule_name_taken`.' };

export const scheduleEndpoints = [
  endpoint({
    method: 'get',
    path: '/schedules',
    guard: role('viewer'),
    summary: 'What is done by the clock, what is due next first',
    tag,
    response: schemas.schedulesSchema,
    run: async (ctx) => ({ body: { items: (await listSchedules(ctx)).map(schemas.toScheduleJson) } }),
  }),
  endpoint({
    method: 'post',
    path: '/schedules',
    guard: role('operator'),
    summary: 'Have something done by the clock from now on',
    tag,
    body: schemas.scheduleInput,
    status: 201,
    response,
    refusals,
    async run(ctx, { body }) {
      const schedule = await createSchedule(ctx, schemas.toInput(body));
      return {
        body: schemas.toScheduleJson(schedule),
        headers: { Location: `${API_ROOT}/schedules/${schedule.id}` },
      };
    },
  }),
  endpoint({
    method: 'get',
    path: '/schedules/:id',
    guard: role('viewer'),
    summary: 'One schedule',
    tag,
    params,
    response,
    run: async (ctx, { params: { id } }) => ({ body: schemas.toScheduleJson(await getSchedule(ctx, id)) }),
  }),
  endpoint({
    method: 'put',
    path: '/schedules/:id',
    guard: role('operator'),
    summary: 'Change a schedule; what was due before is not made up for',
    tag,
    params,
    body: schemas.scheduleInput,
    response,
    refusals,
    run: async (ctx, { params: { id }, body }) => ({
      body: schemas.toScheduleJson(await changeSchedule(ctx, id, schemas.toInput(body))),
    }),
  }),
  endpoint({
    method: 'delete',
    path: '/schedules/:id',
    guard: role('operator'),
    summary: 'Delete a schedule and its history',
    tag,
    params,
    response,
    async run(ctx, { params: { id } }) {
      const schedule = await getSchedule(ctx, id);
      await removeSchedule(ctx, id);
      return { body: schemas.toScheduleJson(schedule) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/schedules/:id/pause',
    guard: role('on_call'),
    summary: 'Run nothing of it until it is resumed',
    tag,
    params,
    response,
    async run(ctx, { params: { id } }) {
      await pauseSchedule(ctx, id);
      return { body: schemas.toScheduleJson(await getSchedule(ctx, id)) };
    },
  }),
  endpoint({
    method: 'delete',
    path: '/schedules/:id/pause',
    guard: role('on_call'),
    summary: 'Go on with the next due time',
    tag,
    params,
    response,
    async run(ctx, { params: { id } }) {
      await resumeSchedule(ctx, id);
      return { body: schemas.toScheduleJson(await getSchedule(ctx, id)) };
    },
  }),
  endpoint({
    method: 'get',
    path: '/schedules/:id/runs',
    guard: role('viewer'),
    summary: 'Each time it was due or run by hand, newest first',
    tag,
    params,
    query: pageQuery,
    response: pageOf(schemas.runSchema),
    async run(ctx, { params: { id }, query: { limit, cursor } }) {
      const schedule = await getSchedule(ctx, id);
      const rows = await listRuns(ctx, schedule.id, { limit, after: ctx.cursors.decode(cursor) });
      const page = toPage(rows, limit, ctx.cursors, runKey);
      return { body: { ...page, items: page.items.map(schemas.toRunJson) } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/schedules/:id/runs',
    guard: role('on_call'),
    summary: 'Run it now, besides its due times',
    tag,
    params,
    status: 202,
    response: schemas.startedRun,
    async run(ctx, { params: { id } }) {
      const jobId = await runScheduleNow(ctx, id);
      return { body: { job: toJobJson(await getJob(ctx, jobId)) }, headers: { Location: `${API_ROOT}/jobs/${jobId}` } };
    },
  }),
];
