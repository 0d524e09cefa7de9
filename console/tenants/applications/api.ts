import { z } from 'zod';
import {
  confirmApplication,
  getApplication,
  lineKey,
  listLines,
  planApplication,
  type LINE_CHOICES,
} from '#domain/applications/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { API_ROOT, endpoint, fileEndpoint } from '#console/api/endpoint.ts';
import { pageOf } from '#console/api/paging.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { sendFirstPasswords } from './first-passwords.ts';
import * as schemas from './schemas.ts';

const params = z.object({ id: z.string() });
const tag = 'Tenants';
const guard = role('operator');
const FIRST_LINES = 50;

export const applicationEndpoints = [
  endpoint({
    method: 'post',
    path: '/tenant-applications',
    guard,
    summary: 'Say what a file of stores would do, line by line; nothing is done yet',
    tag,
    body: schemas.newApplication,
    // 2 MB of text, and what JSON adds to it.
    bodyLimit: '5mb',
    status: 201,
    response: schemas.plannedApplication,
    async run(ctx, { body }) {
      const id = await planApplication(ctx, body);
      const application = schemas.toApplicationJson(await getApplication(ctx, id));
      const lines = await pageOfLines(ctx, id, { which: 'all', limit: FIRST_LINES });
      return { body: { application, lines }, headers: { Location: `${API_ROOT}/tenant-applications/${id}` } };
    },
  }),
  endpoint({
    method: 'get',
    path: '/tenant-applications/:id',
    guard,
    summary: 'What a file of stores would do, or how far it is',
    tag,
    params,
    response: schemas.applicationSchema,
    run: async (ctx, { params: { id } }) => ({ body: schemas.toApplicationJson(await getApplication(ctx, id)) }),
  }),
  endpoint({
    method: 'get',
    path: '/tenant-applications/:id/lines',
    guard,
    summary: 'The lines of such a file, each with what it does or why not',
    tag,
    params,
    query: schemas.lineQuery,
    response: pageOf(schemas.applicationLineSchema),
    refusals: { 400: 'The cursor is not one of ours.' },
    async run(ctx, { params: { id }, query }) {
      const application = await getApplication(ctx, id);
      return { body: await pageOfLines(ctx, application.id, query) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenant-applications/:id/confirmation',
    guard,
    summary: 'Create and update what the report says; refused lines are left out',
    tag,
    params,
    body: schemas.applicationConfirmation,
    status: 202,
    response: schemas.acceptedApplication,
    refusals: { 409: '`application_confirmed` already, or `application_empty`: no line creates or changes a store.' },
    async run(ctx, { params: { id }, body }) {
      const jobId = await confirmApplication(ctx, id, body);
      const application = schemas.toApplicationJson(await getApplication(ctx, id));
      return {
        body: { application, job: toJobJson(await getJob(ctx, jobId)) },
        headers: { Location: `${API_ROOT}/jobs/${jobId}` },
      };
    },
  }),
  fileEndpoint({
    method: 'post',
    path: '/tenant-applications/:id/first-passwords',
    guard,
    summary: 'New one-time passwords for the first users of the stores made, who have not signed in yet, as CSV',
    tag,
    params,
    contentType: 'text/csv',
    send: (ctx, { params: { id } }, res) => sendFirstPasswords(ctx, id, res),
  }),
];

type LineQuery = { which: (typeof LINE_CHOICES)[number]; limit: number; cursor?: string | undefined };

async function pageOfLines(ctx: ConsoleContext, id: string, { which, limit, cursor }: LineQuery) {
  const rows = await listLines(ctx, id, { which, limit, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, limit, ctx.cursors, lineKey);
  return { ...page, items: page.items.map(schemas.toLineJson) };
}
