import type { DueDelivery } from '#domain/alerts/index.ts';

type Place = { environment: string; consoleUrl: string };

/** A notice in words: one line for a telephone, the rest below it, and where to go. */
export function toMessage(
  { transition, alert, createdAt }: DueDelivery,
  { environment, consoleUrl }: Place,
): { transition: string; environment: string; summary: string; text: string; url: string; at: string } {
  const what = alert
    ? `${transition === 'resolved' ? 'Resolved' : alert.severity.toUpperCase()}: ${alert.title}`
    : 'A test: alerts reach you here';
  // It becomes a header of a mail, where a new line would begin another.
  const summary = `[${environment}] ${what}`.replaceAll(/\s+/g, ' ');
  const url = new URL('/alerts', consoleUrl).href;
  const text = [summary, ...(alert ? [alert.detail] : []), `At ${createdAt.toISOString()}.`, url].join('\n');
  return { transition, environment, summary, text, url, at: createdAt.toISOString() };
}
