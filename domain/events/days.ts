import type { OutboxEvent } from './types.ts';

/**
 * The day in UTC by which an event and its processed marks are kept and dropped, as `2026-11-27`. The event's moment is cut to
 * milliseconds on its way, which never leads into another day.
 */
export function dayOf({ createdAt }: Pick<OutboxEvent, 'createdAt'>): string {
  return createdAt.toISOString().slice(0, 10);
}
