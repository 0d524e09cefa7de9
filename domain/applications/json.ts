import type { Part } from './yaml-parts.ts';

/** The value of a JSON text and the lines on which the items of its first list begin; undefined when it is no JSON. */
export function readJson(text: string): { value: unknown; lines: number[] } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown, lines: itemLines(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const WORDS = /"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s[\]{},"]+/g;

/** Of a text that is JSON: how deep, and on which line, each word lies. */
function itemLines(text: string): Part['line'][] {
  const lines: number[] = [];
  let [line, depth, listDepth, isDue] = [1, 0, 0, false];
  for (const [word] of text.matchAll(WORDS)) {
    if (word === '\n') line += 1;
    else if (word === ']' && depth === listDepth) return lines;
    else if (isDue) {
      lines.push(line);
      isDue = false;
    }
    if (word === '[' && listDepth === 0) [listDepth, isDue] = [depth + 1, true];
    if (word === ',' && depth === listDepth && listDepth > 0) isDue = true;
    if (word === '[' || word === '{') depth += 1;
    if (word === ']' || word === '}') depth -= 1;
  }
  return lines;
}
