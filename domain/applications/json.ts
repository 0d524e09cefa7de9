import { MAX_LINES, tooManyLines } from './file-fault.ts';

/** No store lies deeper; half a megabyte of brackets would take a hundred of memory. */
const MAX_DEPTH = 16;

/**
 * The value of a JSON text and the lines on which the items of its first list begin; undefined when it is no JSON. Throws
 * InvalidInput `too_many_lines`.
 */
export function readJson(text: string): { value: unknown; lines: number[] } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const lines = itemLines(text);
  if (!lines) return undefined;
  try {
    return { value: JSON.parse(text) as unknown, lines };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const WORDS = /"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s[\]{},"]+/g;

/** As if the text were JSON, which only its parser knows; undefined for what lies too deep. */
function itemLines(text: string): number[] | undefined {
  const lines: number[] = [];
  let [line, depth, listDepth, isDue] = [1, 0, 0, false];
  for (const [word] of text.matchAll(WORDS)) {
    if (word === '\n') line += 1;
    else if (word === ']' && depth === listDepth) return lines;
    else if (isDue) {
      lines.push(line);
      isDue = false;
      if (lines.length > MAX_LINES) throw tooManyLines();
    }
    if (word === '[' && listDepth === 0) [listDepth, isDue] = [depth + 1, true];
    if (word === ',' && depth === listDepth && listDepth > 0) isDue = true;
    if (word === '[' || word === '{') depth += 1;
    if (depth > MAX_DEPTH) return undefined;
    if (word === ']' || word === '}') depth -= 1;
  }
  return lines;
}
