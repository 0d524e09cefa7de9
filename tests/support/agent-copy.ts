import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the agent itself is. */
export const AGENT_DIR = fileURLToPath(new URL('../../ops/agent/', import.meta.url));
const NAME = 'basecommerce-agent';

/**
 * Makes `dir` a copy of the agent that has these lines of bash at its beginning, and returns its program. A function of
 * theirs that has the name of a program stands in its place.
 */
export async function copyAgent(dir: string, sabotage: string): Promise<string> {
  await cp(AGENT_DIR, dir, { recursive: true });
  const program = join(dir, NAME);
  const [shebang = '', ...lines] = (await readFile(join(AGENT_DIR, NAME), 'utf8')).split('\n');
  // At once: a verb may be reading the program just now.
  await writeFile(`${program}.new`, [shebang, sabotage, ...lines].join('\n'), { mode: 0o755 });
  await rename(`${program}.new`, program);
  return program;
}
