import type { Express, Request, Response } from 'express';

/** Decides who may call a route. `name` is what the guard test and the OpenAPI document read; `check` throws to refuse. */
export type Guard<C> = { name: string; check(ctx: C, req: Request): void | Promise<void> };

export type Handler<C> = (ctx: C, req: Request, res: Response) => unknown;

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One line of a feature's map. A route without a guard does not type-check: default deny starts here. */
export type Route<C> = { method: Method; path: string; guard: Guard<C>; handler: Handler<C> };

/** For routes that anyone may call, said in so many words. */
export const everyone: Guard<unknown> = { name: 'public', check: () => undefined };

const verb =
  (method: Method) =>
  <C>(path: string, guard: Guard<C>, handler: Handler<C>): Route<C> => ({ method, path, guard, handler });

export const get = verb('get');
export const post = verb('post');
export const put = verb('put');
export const patch = verb('patch');
export const del = verb('delete');

/**
 * Mounts the maps of all features: context, then guard, then handler. What is mounted is remembered, so that a test can
 * walk every route of a process.
 */
export function mountRoutes<C>(
  app: Express,
  routes: readonly Route<C>[],
  contextOf: (req: Request, res: Response) => C | Promise<C>,
): void {
  for (const route of routes) {
    app[route.method](route.path, async (req, res) => {
      const ctx = await contextOf(req, res);
      await route.guard.check(ctx, req);
      await route.handler(ctx, req, res);
    });
  }
  app.locals.routes = [...listRoutes(app), ...routes];
}

export function listRoutes(app: Express): Route<never>[] {
  return (app.locals.routes as Route<never>[] | undefined) ?? [];
}
