import type { Request } from 'express';
import type { Page } from '#platform/http/cursor.ts';

/** Rows that a list shows before "load more". */
export const SCREENFUL = 30;

/** The address of the next page of this list, with the same search; undefined on the last. */
export function nextPage(req: Request, page: Page<unknown>): string | undefined {
  if (page.next_cursor === null) return undefined;
  const query = new URLSearchParams(req.query as Record<string, string>);
  query.set('cursor', page.next_cursor);
  return `${req.path}?${query.toString()}`;
}

/** The version of the row that a form was drawn from. */
export function versionIn(req: Request): number | undefined {
  const version = Number((req.body as Record<string, unknown> | undefined)?.version);
  return Number.isInteger(version) && version > 0 ? version : undefined;
}
