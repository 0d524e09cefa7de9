import type { Response } from 'express';
import { satisfies, type Role } from '#domain/operators/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import type { ConsoleContext } from '#console/context.ts';

/** For whom a page is drawn, in which language, when, and what that person may do. */
export type Viewer = { t: Translate; locale: Locale; now: Date; may: (needed: Role) => boolean };

export function viewerOf(ctx: ConsoleContext, res: Response): Viewer {
  return {
    t: res.locals.t as Translate,
    locale: res.locals.locale as Locale,
    now: ctx.clock.now(),
    may: (needed) => ctx.role !== undefined && satisfies(ctx.role, needed),
  };
}
