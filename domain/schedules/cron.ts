import { Cron } from 'croner';
import { InvalidInput } from '#platform/errors.ts';

type Times = { cron: string; timezone: string };

/**
 * The first due time after a moment, by the schedule's own clock: a time that a switch to summer time leaves out is due
 * when the clock jumps over it, one that is there twice is due the first time. Undefined when there is none any more.
 * Throws InvalidInput `bad_cron` or `bad_timezone`, naming the field.
 */
export function nextDue({ cron, timezone }: Times, after: Date): Date | undefined {
  return parse({ cron, timezone }).nextRun(after) ?? undefined;
}

/** The next `count` due times after a moment. Throws as {@link nextDue}. */
export function nextDues(times: Times, { after, count }: { after: Date; count: number }): Date[] {
  return parse(times).nextRuns(count, after);
}

/** How many due times lie after `after` and not after `until`, and the last of them; counted no further than `most`. */
export function countDues(
  times: Times,
  { after, until, most }: { after: Date; until: Date; most: number },
): { count: number; last: Date | undefined } {
  const cron = parse(times);
  let count = 0;
  let last: Date | undefined;
  for (let due = cron.nextRun(after); due && due <= until && count < most; due = cron.nextRun(due)) {
    count += 1;
    last = due;
  }
  return { count, last };
}

function parse({ cron, timezone }: Times): Cron {
  if (!isTimezone(timezone)) throw refused('timezone', 'bad_timezone', 'Type a time zone like America/Sao_Paulo.');
  try {
    const parsed = new Cron(cron.trim(), { timezone, paused: true, mode: '5-part' });
    if (parsed.nextRun() === null) throw new RangeError('never');
    return parsed;
  } catch {
    throw refused(
      'cron',
      'bad_cron',
      'Type five fields, like 30 4 * * 1-5: minute, hour, day, month, day of the week.',
    );
  }
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const refused = (path: string, code: string, message: string) =>
  new InvalidInput(code, message, { fields: [{ path, code, message }] });
