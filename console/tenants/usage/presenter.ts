import type { TableUsage } from '#domain/tenants/index.ts';

const COUNTED = {
  users: 'construction.users',
  customers: 'construction.customers',
  quotes: 'construction.quotes',
  orders: 'construction.orders',
  events: 'events.outbox',
} as const;

type Kept = Record<keyof typeof COUNTED | 'rows', number>;

/** What a store has, in the words of people; `rows` is all of it. */
export function toKept(tables: readonly TableUsage[]): Kept {
  const rowsOf = (name: string) => tables.find(({ table }) => table === name)?.rows ?? 0;
  const counts = Object.entries(COUNTED).map(([word, table]) => [word, rowsOf(table)]);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { ...(Object.fromEntries(counts) as Omit<Kept, 'rows'>), rows };
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `850 B`, `3.2 kB`, `4.1 MB`: decimal, as disks are sold. */
export function bytesInWords(bytes: number, locale: string): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
  return `${number} ${UNITS[power]}`;
}
