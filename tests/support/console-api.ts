import { randomBytes } from 'node:crypto';
import request from 'supertest';
import type { Role } from '#domain/operators/index.ts';
import { createToken } from '#domain/tokens/index.ts';
import type { TestConsole } from './console.ts';

/** A program with a token of this role: `api.get('/tenants')` is `GET /api/v1/tenants`. */
export async function apiOf(console: TestConsole, role: Role) {
  const { secret } = await createToken(console.ctx, { name: `${role}-${randomBytes(4).toString('hex')}`, role });
  const call = (method: 'get' | 'post' | 'patch' | 'delete') => (path: string) =>
    request(console.app)[method](`/api/v1${path}`).set('Authorization', `Bearer ${secret}`);
  return { get: call('get'), post: call('post'), patch: call('patch'), delete: call('delete') };
}

export type Api = Awaited<ReturnType<typeof apiOf>>;
