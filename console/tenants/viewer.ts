import type { Response } from 'express';
import { satisfies, type Role } from '#domain/operators/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import type { ConsoleContext } from '#console/context.ts';

/** For whom a page is drawn: in which language, and what that person may do. */
export type Viewer = { t: Translate; may: (needed: Role) => boolean };

export function viewerOf(ctx: ConsoleContext, res: Response): Viewer {
  return {
    t: res.locals.t as Translate,
    may: (needed) => ctx.role !== undefined && satisfies(ctx.role, needed),
  };
}
