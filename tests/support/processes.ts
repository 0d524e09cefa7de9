import { readFile } from 'node:fs/promises';

/** Process ids of the children of `pid`, sorted. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b);
}
