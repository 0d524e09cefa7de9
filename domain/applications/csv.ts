import { fileFault, MAX_LINES, tooManyLines } from './file-fault.ts';
import type { StoreEntry } from './entry.ts';
import type { Fault } from './types.ts';
import type { RawLine } from './read.ts';

/** Column → where its value lies in a store's entry. */
const COLUMNS: Record<string, readonly [string, string?]> = {
  slug: ['slug'],
  name: ['name'],
  admin_name: ['admin', 'name'],
  admin_email: ['admin', 'email'],
  plan: ['plan'],
  primary_color: ['branding', 'primary_color'],
  secondary_color: ['branding', 'secondary_color'],
  logo_url: ['branding', 'logo_url'],
  quote_validity_days: ['settings', 'quote_validity_days'],
};

export const CSV_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/**
 * The lines of a table with a head, separated by commas or, as Brazilian spreadsheets write them, by semicolons. An empty
 * cell is a value that is not given. Throws InvalidInput `csv_unreadable`, `too_many_lines`, `unknown_column`, `repeated_column` or
 * `slug_column_missing`, naming the line.
 */
export async function readCsv(text: string): Promise<RawLine[]> {
  const [head, ...rows] = await recordsOf(text);
  if (!head) return [];
  const columns = columnsOf(head.cells);
  return rows.map(({ line, cells }) => ({
    line,
    value: toEntry(columns, cells),
    faults: cells.slice(columns.length).some((cell) => cell !== '') ? [tooMany(cells.length, columns.length)] : [],
    nameOf: columnOf,
  }));
}

type CsvRecord = { line: number; cells: string[] };

/** What holds something, one by one: a spreadsheet may end in thousands of rows of nothing but separators. */
async function recordsOf(text: string): Promise<CsvRecord[]> {
  const { CsvError, parse } = await import('csv-parse/sync');
  const head = text.trimStart().split('\n', 1)[0]!;
  let kept = 0;
  try {
    const rows: string[][] = parse(text, {
      delimiter: count(head, ';') > count(head, ',') ? ';' : ',',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record(cells: string[], { lines: line }) {
        if (cells.every((cell) => cell === '')) return null;
        // One is the head.
        if (kept++ > MAX_LINES) throw tooManyLines();
        return [String(line), ...cells];
      },
    });
    return rows.map(([line, ...cells]) => ({ line: Number(line), cells }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { lines?: number };
    throw fileFault('csv_unreadable', 'A quotation mark is missing or stands in the wrong place.', {
      line: lines ?? 1,
    });
  }
}

const count = (text: string, sign: string) => text.split(sign).length;

function columnsOf(cells: readonly string[]): string[] {
  const columns = cells.map((cell) => cell.toLowerCase());
  while (columns.at(-1) === '') columns.pop();
  const known = CSV_COLUMNS.join(', ');
  const unknown = columns.filter((column) => !(column in COLUMNS));
  if (unknown.length > 0) {
    const named = unknown.map((column) => `“${column}”`).join(', ');
    throw fileFault('unknown_column', `There is no column ${named}. The columns are: ${known}.`, {
      line: 1,
      columns: named,
      known,
    });
  }
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  if (repeated !== undefined)
    throw fileFault('repeated_column', `The column “${repeated}” is there twice. Keep one.`, {
      line: 1,
      column: repeated,
    });
  if (!columns.includes('slug'))
    throw fileFault('slug_column_missing', `The first line must name the columns, “slug” among them: ${known}.`, {
      line: 1,
      known,
    });
  return columns;
}

function toEntry(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    const [outer, inner] = COLUMNS[column]!;
    const value = column === 'quote_validity_days' && /^\d{1,9}$/.test(cell) ? Number(cell) : cell;
    if (inner === undefined) entry[outer] = value;
    else entry[outer] = { ...(entry[outer] as object | undefined), [inner]: value };
  }
  return entry;
}

function tooMany(cells: number, columns: number): Fault {
  const message = `The line has ${cells} cells and the head ${columns}. Put a text with a separator between quotation marks.`;
  return { field: '', code: 'too_many_cells', message, values: { cells, columns } };
}

/** The column of a field of a store's entry: `admin.email` → `admin_email`. */
export function columnOf(path: string): string {
  return CSV_COLUMNS.find((column) => COLUMNS[column]!.join('.') === path) ?? path;
}

/** The stores as {@link readCsv} reads them; what has no column is left out. */
export async function writeCsv(entries: readonly StoreEntry[]): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  const rows = entries.map((entry) => CSV_COLUMNS.map((column) => valueAt(entry, COLUMNS[column]!)));
  return stringify([[...CSV_COLUMNS], ...rows], { record_delimiter: 'windows' });
}

function valueAt(entry: object, [outer, inner]: readonly [string, string?]): string {
  const found = (entry as Record<string, unknown>)[outer];
  const value = inner === undefined ? found : (found as Record<string, unknown> | undefined)?.[inner];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
