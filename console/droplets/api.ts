import { z } from 'zod';
import {
  abandonKeyRotation,
  beginKeyRotation,
  enrolCompared,
  finishKeyRotation,
  readDroplet,
  readInventory,
  requestRun,
  retireDroplet,
  verifyKeyRotation,
} from '#domain/droplets/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { AppError, InvalidInput } from '#platform/errors.ts';
import { API_ROOT, endpoint } from '#console/api/endpoint.ts';
import { pageOf } from '#console/api/paging.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import * as schemas from './schemas.ts';

const params = z.object({ name: z.string() });
const tag = 'Droplets';
const onDroplet = { params, tag } as const;
const accepted = { ...onDroplet, status: 202, response: schemas.jobAnswer } as const;

export const dropletEndpoints = [
  endpoint({
    method: 'get',
    path: '/droplets',
    guard: role('viewer'),
    summary: 'Enrolled machines, by name, and how they are',
    tag,
    response: pageOf(schemas.dropletSchema),
    run: async (ctx) => {
      const items = (await readInventory(ctx)).map(schemas.toDropletJson);
      return { body: { items, next_cursor: null, has_more: false } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/droplets',
    guard: role('admin'),
    summary: 'Pin a machine’s host key, so that jobs may drive it; again after it was rebuilt',
    tag,
    body: schemas.newDroplet,
    status: 201,
    response: schemas.dropletSchema,
    refusals: {
      409: '`fingerprint_not_compared` and `fingerprint_differs`: `fingerprint` is what the machine shows; nothing is enrolled.',
      503: '`ssh_connect_failed`: the machine shows no ed25519 host key.',
    },
    async run(ctx, { body: { user: username, key_name, probe_url: probeUrl, fingerprint, ...rest } }) {
      const machine = { ...rest, username, keyName: key_name ?? rest.name, ...(probeUrl && { probeUrl }) };
      const { droplet } = await enrolCompared(ctx, machine, fingerprint).catch(inFieldsOfTheApi);
      return { body: schemas.toDropletJson(await readDroplet(ctx, droplet.name)) };
    },
  }),
  endpoint({
    method: 'get',
    path: '/droplets/:name',
    guard: role('viewer'),
    summary: 'A machine',
    ...onDroplet,
    response: schemas.dropletSchema,
    run: async (ctx, { params: { name } }) => ({ body: schemas.toDropletJson(await readDroplet(ctx, name)) }),
  }),
  endpoint({
    method: 'delete',
    path: '/droplets/:name',
    guard: role('admin'),
    summary: 'Give a machine up: nothing is sent to it any more, and our key for it is deleted',
    ...onDroplet,
    response: schemas.retired,
    refusals: { 409: '`droplet_only_edge`; `droplet_has_files`: it still serves stores.' },
    async run(ctx, { params: { name } }) {
      await retireDroplet(ctx, name);
      return { body: { name, retired: true as const } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/droplets/:name/runs',
    guard: role('on_call'),
    summary: 'Run a verb of the agent; what it prints is at /jobs/{id}/output',
    ...accepted,
    body: schemas.newRun,
    refusals: { 409: '`too_many_follows`: enough logs are being followed already.' },
    run: async (ctx, { params: { name }, body }) => answer(ctx, await requestRun(ctx, name, body)),
  }),
  endpoint({
    method: 'get',
    path: '/droplets/:name/key-rotation',
    guard: role('viewer'),
    summary: 'The key we log in with, and the change of it that is under way',
    ...onDroplet,
    response: schemas.rotationSchema,
    run: async (ctx, { params: { name } }) => ({ body: schemas.toRotationJson(await readDroplet(ctx, name)) }),
  }),
  endpoint({
    method: 'post',
    path: '/droplets/:name/key-rotation',
    guard: role('admin'),
    summary: 'Begin a change of the key: a new pair is made, to be installed beside the old one',
    ...accepted,
    refusals: { 409: '`key_rotation_open`: one is under way.' },
    run: async (ctx, { params: { name } }) => answer(ctx, await beginKeyRotation(ctx, name)),
  }),
  endpoint({
    method: 'post',
    path: '/droplets/:name/key-rotation/verification',
    guard: role('admin'),
    summary: 'See whether the machine lets the new key in',
    ...accepted,
    refusals: { 409: '`no_key_rotation`; `key_not_made`.' },
    run: async (ctx, { params: { name } }) => answer(ctx, await verifyKeyRotation(ctx, name)),
  }),
  endpoint({
    method: 'post',
    path: '/droplets/:name/key-rotation/completion',
    guard: role('admin'),
    summary: 'Log in with the new key from now on, and delete the old one',
    ...accepted,
    refusals: { 409: '`no_key_rotation`; `key_not_verified`.' },
    run: async (ctx, { params: { name } }) => answer(ctx, await finishKeyRotation(ctx, name)),
  }),
  endpoint({
    method: 'delete',
    path: '/droplets/:name/key-rotation',
    guard: role('admin'),
    summary: 'Give the change of the key up; the old one stays',
    ...accepted,
    refusals: { 409: '`no_key_rotation`; `key_being_switched`.' },
    run: async (ctx, { params: { name } }) => answer(ctx, await abandonKeyRotation(ctx, name)),
  }),
];

async function answer(ctx: ConsoleContext, jobId: string) {
  const job = toJobJson(await getJob(ctx, jobId));
  return { body: { job }, headers: { Location: `${API_ROOT}/jobs/${jobId}` } };
}

const API_NAMES: Record<string, string> = { username: 'user', keyName: 'key_name', probeUrl: 'probe_url' };

/** The domain names fields in its own way. */
function inFieldsOfTheApi(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'droplet_invalid') throw error;
  const fields = error.fields.map((field) => ({ ...field, path: API_NAMES[field.path] ?? field.path }));
  throw new InvalidInput(error.code, error.message, { fields, cause: error });
}
