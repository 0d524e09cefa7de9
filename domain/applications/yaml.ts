import type { Document, Node, YAMLError } from 'yaml';
import { fileFault } from './file-fault.ts';
import type { StoreEntry } from './entry.ts';
import type { RawLine } from './read.ts';

/**
 * The stores of a YAML or JSON document: a list, or an object with the list `tenants`. Throws InvalidInput
 * `yaml_unreadable`, `aliases_refused` or `no_list`, naming the line.
 */
export async function readYaml(text: string): Promise<RawLine[]> {
  const { parseDocument, LineCounter, isMap, isSeq, visit } = await import('yaml');
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (node: unknown): number => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line || 1;
  const [error] = document.errors;
  if (error) throw unreadable(error, lines.linePos(error.pos[0]).line);
  if (document.contents === null) return [];
  visit(document, {
    // A few lines of aliases of aliases would unfold to more than any memory holds.
    Alias(_key, node) {
      const message = 'Aliases (*name) are not taken. Write the values out.';
      throw fileFault('aliases_refused', message, { line: lineOf(node) });
    },
  });
  const list: unknown = isMap(document.contents) ? document.get('tenants', true) : document.contents;
  const others = isMap(document.contents) ? document.contents.items.filter(({ key }) => String(key) !== 'tenants') : [];
  if (!isSeq(list) || others.length > 0)
    throw fileFault('no_list', 'Write a list of stores, or “tenants:” with the list below it, and nothing else.', {
      line: lineOf(others[0]?.key ?? list),
    });
  return list.items.map((item) => ({
    line: lineOf(item),
    value: (item as Node | null)?.toJS(document) as unknown,
    faults: [],
    nameOf: (path: string) => path,
  }));
}

function unreadable(error: YAMLError, line: number) {
  return fileFault('yaml_unreadable', error.message.replace(/[:.]?$/, '.'), { line, reason: error.message });
}

/** The stores as {@link readYaml} reads them. */
export async function writeYaml(entries: readonly StoreEntry[]): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify({ tenants: entries });
}
