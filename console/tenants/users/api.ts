import {
  countSignedIn,
  deactivateUser,
  inviteUser,
  listUsers,
  reactivateUser,
  resetPassword,
  type OneTimePassword,
} from '#domain/construction/users/index.ts';
import { getPlan, getTenant, getTenantAllowing } from '#domain/tenants/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { tenantParams } from '#console/tenants/schemas.ts';
import { invitation, oneTimePassword, toUserJson, userList, userParams, userSchema } from './schemas.ts';

const tag = 'People of a store';
const LIMIT = '`user_limit_reached`: the store’s plan allows no more people.';
const STATE = 'The state of the store allows no change.';

export const userEndpoints = [
  endpoint({
    method: 'get',
    path: '/tenants/:slug/users',
    guard: role('viewer'),
    summary: 'The people of a store, who can sign in first',
    tag,
    params: tenantParams,
    response: userList,
    async run(ctx, { params: { slug } }) {
      const { id, plan } = await getTenant(ctx, slug);
      const users = await listUsers(ctx, id);
      const { maxUsers } = await getPlan(ctx, plan);
      const active = users.filter((user) => user.active).length;
      const signedIn = await countSignedIn(ctx, id);
      return { body: { items: users.map(toUserJson), active, max_users: maxUsers, signed_in: signedIn } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/users',
    guard: role('operator'),
    summary: 'Invite a person, with a one-time password',
    tag,
    params: tenantParams,
    body: invitation,
    status: 201,
    response: oneTimePassword,
    refusals: { 409: `\`email_taken\`. ${LIMIT} ${STATE}` },
    async run(ctx, { params: { slug }, body }) {
      const { id } = await getTenantAllowing(ctx, slug, 'manage_users');
      return { body: toPasswordJson(await inviteUser(ctx, id, body)) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/users/:id/password-resets',
    guard: role('operator'),
    summary: 'Give a person a new one-time password; their sessions end',
    tag,
    params: userParams,
    response: oneTimePassword,
    refusals: { 409: STATE },
    async run(ctx, { params: { slug, id: userId } }) {
      const { id } = await getTenantAllowing(ctx, slug, 'manage_users');
      return { body: toPasswordJson(await resetPassword(ctx, id, userId)) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/users/:id/deactivation',
    guard: role('operator'),
    summary: 'Keep a person out; their sessions end, what they did stays theirs',
    tag,
    params: userParams,
    response: userSchema,
    refusals: { 409: `\`last_admin\`: nobody else can run the store. ${STATE}` },
    async run(ctx, { params: { slug, id: userId } }) {
      const { id } = await getTenantAllowing(ctx, slug, 'manage_users');
      return { body: toUserJson(await deactivateUser(ctx, id, userId)) };
    },
  }),
  endpoint({
    method: 'delete',
    path: '/tenants/:slug/users/:id/deactivation',
    guard: role('operator'),
    summary: 'Let a person in again, with the password they had',
    tag,
    params: userParams,
    response: userSchema,
    refusals: { 409: `${LIMIT} ${STATE}` },
    async run(ctx, { params: { slug, id: userId } }) {
      const { id } = await getTenantAllowing(ctx, slug, 'manage_users');
      return { body: toUserJson(await reactivateUser(ctx, id, userId)) };
    },
  }),
];

function toPasswordJson({ user, password }: OneTimePassword) {
  return { user: toUserJson(user), one_time_password: password };
}
