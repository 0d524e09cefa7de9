import { fileFault, MAX_LINES, tooManyLines } from './file-fault.ts';

/** A piece of a YAML text, and the number of its first line. */
export type Part = { text: string; line: number };

/** A whole file as one tree takes fifty times its size, and a store is a hundred words at most. */
const MAX_WORDS = 5000;

/**
 * Cuts a YAML text where the items of its list of blocks begin, so that they can be read one by one in little memory;
 * what comes before the first is the head. Throws InvalidInput `aliases_refused`, `too_many_lines` or `store_too_large`.
 */
export async function partsOf(text: string): Promise<{ head: Part; items: Part[] }> {
  const { CST, Lexer } = await import('yaml');
  const starts: Place[] = [{ offset: 0, line: 1 }];
  const at = { offset: 0, line: 1, lineStart: 0, flows: 0, words: 0 };
  let column: number | undefined;
  let isScalar = false;
  for (const word of new Lexer().lex(text)) {
    const type: string | null = isScalar ? 'content' : CST.tokenType(word);
    isScalar = type === 'scalar';
    // These stand for no character of the text.
    if (isScalar || type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'alias')
      throw fileFault('aliases_refused', 'Aliases (*name) are not taken. Write the values out.', { line: at.line });
    at.flows += FLOW[type ?? ''] ?? 0;
    if (type === 'seq-item-ind' && at.flows === 0) {
      column ??= at.offset - at.lineStart;
      if (column === at.offset - at.lineStart) {
        starts.push({ offset: at.lineStart, line: at.line });
        at.words = 0;
      }
    }
    if (starts.length - 1 > MAX_LINES) throw tooManyLines();
    at.words += 1;
    if (at.words > MAX_WORDS)
      throw fileFault('store_too_large', 'This is too much for one store.', { line: starts.at(-1)!.line });
    pass(at, word);
  }
  const [head, ...items] = starts.map(({ offset, line }, index) => ({
    text: text.slice(offset, starts[index + 1]?.offset),
    line,
  }));
  return { head: head!, items };
}

type Place = { offset: number; line: number };

const FLOW: Record<string, number> = {
  'flow-map-start': 1,
  'flow-seq-start': 1,
  'flow-map-end': -1,
  'flow-seq-end': -1,
};

function pass(at: Place & { lineStart: number }, word: string): void {
  const lines = word.split('\n').length - 1;
  if (lines > 0) {
    at.line += lines;
    at.lineStart = at.offset + word.lastIndexOf('\n') + 1;
  }
  at.offset += word.length;
}
