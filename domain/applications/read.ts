import { fieldErrors } from '#platform/http/parse.ts';
import { inputWords } from '#platform/http/input-words.ts';
import { readCsv } from './csv.ts';
import { fieldsAt, storeEntry } from './entry.ts';
import { fileFault, MAX_LINES, tooManyLines } from './file-fault.ts';
import type { Fault, FileFormat, FileLine } from './types.ts';
import { readYaml } from './yaml.ts';

/** A store as the format's reader found it, not looked at yet. */
export type RawLine = {
  line: number;
  value: unknown;
  faults: Fault[];
  /** What the format calls the field of this dotted path. */
  nameOf: (path: string) => string;
};

/** Of UTF-8. */
export const MAX_FILE_BYTES = 2_000_000;

/** By the end of its name; of a text without one, by its first line. */
export function formatOf({ name = '', text }: { name?: string | undefined; text: string }): FileFormat {
  if (/\.csv$/i.test(name)) return 'csv';
  if (/\.(ya?ml|json)$/i.test(name)) return 'yaml';
  const head = text.replace(BYTE_ORDER_MARK, '').trimStart().split('\n', 1)[0]!.trim();
  return /^"?[a-z_]+"?\s*([;,]|$)/i.test(head) && !head.endsWith(':') ? 'csv' : 'yaml';
}

const BYTE_ORDER_MARK = /^\u{FEFF}/u;

/**
 * Bytes as text. Throws InvalidInput `file_too_large`, or `not_utf8`: what older spreadsheets write would turn every ã into
 * something else.
 */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_FILE_BYTES) throw tooLarge();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw fileFault('not_utf8', 'The file is not UTF-8. Save it as “CSV UTF-8”.');
  }
}

const tooLarge = () => fileFault('file_too_large', 'The file is larger than 2 MB. Cut it in two.');

/**
 * The stores that a file names, in its order, each with what is wrong with it; a slug that is there twice is wrong in every
 * place. Throws InvalidInput, naming the field `content`, for a file that cannot be read as a whole: `file_too_large`,
 * `too_many_lines`, `file_empty`, or what {@link readCsv} and {@link readYaml} say.
 */
export async function readFile({ format, content }: { format: FileFormat; content: string }): Promise<FileLine[]> {
  if (Buffer.byteLength(content) > MAX_FILE_BYTES) throw tooLarge();
  const text = content.replace(BYTE_ORDER_MARK, '').replaceAll(/\r\n?/g, '\n');
  const raw = await (format === 'csv' ? readCsv(text) : readYaml(text));
  if (raw.length === 0) throw fileFault('file_empty', 'The file names no store. Write one on each line.');
  if (raw.length > MAX_LINES) throw tooManyLines();
  return withRepeated(raw.map(toLine));
}

function toLine({ line, value, faults, nameOf }: RawLine): FileLine {
  const parsed = storeEntry.safeParse(value, { error: inputWords });
  const found = parsed.success ? [] : fieldErrors(parsed.error);
  const all = [
    ...faults,
    ...found.map(({ path, code, message }) => {
      const values = code === 'unrecognized_keys' ? { values: { known: fieldsAt(path) } } : {};
      return { field: nameOf(path), code, message, ...values };
    }),
  ];
  return {
    line,
    slug: parsed.success ? parsed.data.slug : slugIn(value),
    entry: all.length === 0 ? parsed.data : undefined,
    faults: all,
  };
}

/** As it was written, however wrong, for a person to find the line by. */
function slugIn(value: unknown): string {
  const slug: unknown = typeof value === 'object' && value !== null ? (value as { slug?: unknown }).slug : undefined;
  return typeof slug === 'string' || typeof slug === 'number' ? String(slug).trim().slice(0, 60) : '';
}

function withRepeated(lines: readonly FileLine[]): FileLine[] {
  const places = Map.groupBy(lines, ({ slug }) => slug);
  return lines.map((it) => {
    const same = places.get(it.slug)!;
    if (it.slug === '' || same.length === 1) return it;
    const named = same.map(({ line }) => line).join(', ');
    const message = `“${it.slug}” is on the lines ${named}. Keep one of them.`;
    const values = { slug: it.slug, lines: named };
    const faults = [...it.faults, { field: 'slug', code: 'repeated_slug', message, values }];
    return { ...it, entry: undefined, faults };
  });
}
