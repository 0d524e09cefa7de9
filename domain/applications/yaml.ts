import { setImmediate as breathe } from 'node:timers/promises';
import type { Document, YAMLError } from 'yaml';
import { fileFault } from './file-fault.ts';
import type { StoreEntry } from './entry.ts';
import { readJson } from './json.ts';
import type { RawLine } from './read.ts';
import { partsOf, type Part } from './yaml-parts.ts';

/** So many are read before others get their turn: two thousand take the better part of a second. */
const STORES_AT_ONCE = 50;

/**
 * The stores of a YAML or JSON document: a list, or an object with the list `tenants`. Throws InvalidInput
 * `yaml_unreadable`, `aliases_refused`, `too_many_lines`, `store_too_large` or `no_list`, naming the line.
 */
export async function readYaml(text: string): Promise<RawLine[]> {
  const json = readJson(text);
  if (json) return listIn(json.value, 1).map((value, index) => toRaw(json.lines[index] ?? 1, value));
  const { head, items } = await partsOf(text);
  const before = await valueOf(head);
  if (items.length === 0)
    return before === null ? [] : listIn(before, head.line).map((value) => toRaw(head.line, value));
  if (!isHead(before)) throw noList(head.line);
  const lines: RawLine[] = [];
  for (const item of items) {
    const list = await valueOf(item);
    if (!Array.isArray(list) || list.length !== 1) throw noList(item.line);
    lines.push(toRaw(item.line, list[0]));
    if (lines.length % STORES_AT_ONCE === 0) await breathe();
  }
  return lines;
}

const toRaw = (line: number, value: unknown): RawLine => ({ line, value, faults: [], nameOf: (path) => path });

/** Before a list of blocks there is nothing, or the one key that it lies below. */
function isHead(value: unknown): boolean {
  return value === null || (isObject(value) && Object.keys(value).join() === 'tenants' && value.tenants === null);
}

function listIn(value: unknown, line: number): unknown[] {
  const list = isObject(value) && Object.keys(value).join() === 'tenants' ? value.tenants : value;
  if (!Array.isArray(list)) throw noList(line);
  return list;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function valueOf({ text, line }: Part): Promise<unknown> {
  const { parseDocument, LineCounter } = await import('yaml');
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw unreadable(error, line - 1 + lines.linePos(error.pos[0]).line);
  return document.contents?.toJS(document) ?? null;
}

function unreadable({ message }: YAMLError, line: number) {
  return fileFault('yaml_unreadable', message.replace(/[:.]?$/, '.'), { line, reason: message });
}

function noList(line: number) {
  const message = 'Write a list of stores, or “tenants:” with the list below it, and nothing else.';
  return fileFault('no_list', message, { line });
}

/** The stores as {@link readYaml} reads them. */
export async function writeYaml(entries: readonly StoreEntry[]): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify({ tenants: entries });
}
