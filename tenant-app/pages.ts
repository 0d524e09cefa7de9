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

const LONGEST_TEXT = 100;

/** A short text of a form or an address, whatever else someone put there. */
export function textIn(values: Record<string, unknown>, name: string): string {
  const value = values[name];
  return typeof value === 'string' ? value.trim().slice(0, LONGEST_TEXT) : '';
}
