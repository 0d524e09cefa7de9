import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AppError, ignoreBecause, toError, Unavailable, UpstreamFailed } from '#platform/errors.ts';

/*
 * The copy of a store: one gzip file of JSON lines. {"head":…} says whose it is; then comes each table, announced by
 * {"table":"schema.name"}, with a line {"row":…} a row; {"manifest":[…]} ends it: the number and the sha256 of the row
 * lines of every table. `zcat` and `jq` read it.
 */

const FORMAT = 'basecommerce-tenant-archive';
const VERSION = 1;

type ExportHead = { slug: string; tenantId: string; exportedAt: string };
export type TableRows = { table: string; rows: AsyncIterable<string[]> };
type TableSum = { table: string; rows: number; sha256: string };
type WrittenExport = { bytes: number; sha256: string; rowCounts: Record<string, number> };
type Writing = { head: ExportHead; tables: AsyncIterable<TableRows>; signal: AbortSignal };

/**
 * Writes the file whole or not at all: it has its name only once it is on the disk. `rows` are JSON texts. Throws
 * Unavailable `export_not_written` when the disk refuses it.
 */
export async function writeExportFile(path: string, { head, tables, signal }: Writing): Promise<WrittenExport> {
  const draft = `${path}.part`;
  const sums: TableSum[] = [];
  const file = { hash: createHash('sha256'), bytes: 0 };
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      file.hash.update(chunk);
      file.bytes += chunk.length;
      yield chunk;
    }
  };
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const lines = Readable.from(linesOf(head, tables, sums), { objectMode: false });
    await pipeline(lines, createGzip(), measure, createWriteStream(draft, { mode: 0o600, flush: true }), { signal });
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw unlessOfDisk(error, path);
  } finally {
    await rm(draft, { force: true }).catch(ignoreBecause('the disk refused the draft already'));
  }
  return { bytes: file.bytes, sha256: file.hash.digest('hex'), rowCounts: countsOf(sums) };
}

async function* linesOf(head: ExportHead, tables: AsyncIterable<TableRows>, sums: TableSum[]) {
  yield line({ head: { format: FORMAT, version: VERSION, ...head } });
  for await (const { table, rows } of tables) {
    const sum = newSum(table);
    yield line({ table });
    for await (const batch of rows) {
      const lines = batch.map((row) => `{"row":${row}}`);
      for (const text of lines) add(sum, text);
      yield `${lines.join('\n')}\n`;
    }
    sums.push(endOf(sum));
  }
  yield line({ manifest: sums });
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

type OpenSum = { table: string; rows: number; hash: Hash };
const newSum = (table: string): OpenSum => ({ table, rows: 0, hash: createHash('sha256') });
const endOf = ({ table, rows, hash }: OpenSum): TableSum => ({ table, rows, sha256: hash.digest('hex') });
const countsOf = (sums: TableSum[]) => Object.fromEntries(sums.map(({ table, rows }) => [table, rows]));

function add(sum: OpenSum, text: string): void {
  sum.rows += 1;
  sum.hash.update(text).update('\n');
}

/** The rename itself must survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path);
  await folder.sync();
}

function unlessOfDisk(thrown: unknown, path: string): unknown {
  const error = toError(thrown) as NodeJS.ErrnoException;
  if (typeof error.syscall !== 'string' || error.path === undefined) return error;
  return new Unavailable('export_not_written', `${dirname(path)} cannot be written (${error.code}).`, { cause: error });
}

type Reading = { tenantId: string; sha256: string; signal: AbortSignal };

/**
 * Reads the file back from the disk, every byte and every row of it, and returns the rows of each table. Throws
 * UpstreamFailed `export_damaged` unless it is the file of that hash, whole, of that tenant, and agrees with its manifest.
 */
export async function readExportFile(
  path: string,
  { tenantId, sha256, signal }: Reading,
): Promise<Record<string, number>> {
  const hash = createHash('sha256');
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const reader = createManifestReader(tenantId);
  try {
    await pipeline(createReadStream(path), measure, createGunzip(), (source) => readLines(source, reader), {
      signal,
    });
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw damaged(`it cannot be read (${toError(error).message})`);
  }
  const found = hash.digest('hex');
  if (found !== sha256) throw damaged(`its sha256 is ${found}, and ${sha256} was written`);
  return reader.end();
}

/** By line feeds alone: a row may hold other characters that some readers take for the end of a line. */
async function readLines(chunks: AsyncIterable<Buffer>, reader: ManifestReader): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const text of lines) reader.read(text);
  }
  if (rest !== '') throw damaged('its last line is not whole');
}

type Line = { head?: { format?: unknown; tenantId?: unknown }; table?: string; row?: object; manifest?: TableSum[] };

type ManifestReader = ReturnType<typeof createManifestReader>;

function createManifestReader(tenantId: string) {
  const sums: TableSum[] = [];
  let isOurs = false;
  let open: OpenSum | undefined;
  let manifest: TableSum[] | undefined;
  return {
    read(text: string): void {
      const { head, table, row, manifest: told } = parse(text);
      if (head) isOurs = head.format === FORMAT && head.tenantId === tenantId;
      if (open && row) add(open, text);
      if (open && (table !== undefined || told)) sums.push(endOf(open));
      if (table !== undefined) open = newSum(table);
      if (told) manifest = told;
    },
    end(): Record<string, number> {
      if (!isOurs) throw damaged('it is not a copy of this store');
      if (!manifest) throw damaged('its manifest is missing');
      if (JSON.stringify(manifest) !== JSON.stringify(sums)) throw damaged('its rows are not those of its manifest');
      return countsOf(sums);
    },
  };
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw damaged('a line of it is not JSON');
  }
}

function damaged(reason: string): UpstreamFailed {
  return new UpstreamFailed('export_damaged', `The copy on the disk is not what was written: ${reason}.`);
}
