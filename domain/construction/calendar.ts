const DAY_MS = 86_400_000;

/** The calendar day at `instant` in an IANA time zone, as `YYYY-MM-DD`: a store's "today" is its own, not UTC's. */
export function localDate(instant: Date, timezone: string): string {
  // The Swedish way of writing a date is ISO's.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(instant);
}

/** `days` after a `YYYY-MM-DD` day. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
