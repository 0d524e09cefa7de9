import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { SshCommand } from '#platform/ssh/index.ts';
import type { TestEdge } from './edge.ts';

const AGENT = fileURLToPath(new URL('../../ops/agent/', import.meta.url));

/** `died`: the sabotage ended it, as a power cut would. */
type Outcome = { exitCode: number | null; died: boolean; stdout: string; stderr: string };

/**
 * Runs a copy of the agent, on the edge's real folders, that has these lines of bash at its beginning. A function of
 * theirs that has the name of a program stands in its place.
 */
export async function runSabotaged(edge: TestEdge, sabotage: string, command: SshCommand): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'bc-agent-'));
  try {
    await cp(AGENT, dir, { recursive: true });
    const program = join(dir, 'basecommerce-agent');
    const [shebang = '', ...lines] = (await readFile(program, 'utf8')).split('\n');
    await writeFile(program, [shebang, sabotage, ...lines].join('\n'));
    const SSH_ORIGINAL_COMMAND = [command.verb, ...(command.args ?? [])].join(' ');
    const child = spawn(program, [edge.agentConfig], { env: { SSH_ORIGINAL_COMMAND } });
    child.stdin.on('error', () => undefined);
    child.stdin.end(command.stdin);
    const [stdout, stderr, [exitCode, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    return { exitCode, died: signal === 'SIGKILL', stdout, stderr };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Kills the agent right before the n-th time that it would change anything on the disk, single renames counted. */
export function killAtStep(n: number): string {
  return `
    steps=0
    step() { if [[ $((++steps)) -eq ${n} ]]; then kill -9 $$; fi; }
    mv() {
      local file
      if [[ $2 == -t ]]; then for file in "\${@:5}"; do step; command mv -f -t "$3" -- "$file"; done; return; fi
      step; command mv "$@"
    }
    rm() {
      local file
      if [[ $1 == -f ]]; then for file in "\${@:3}"; do step; command rm -f -- "$file"; done; return; fi
      step; command rm "$@"
    }
    for program in cp ln mkdir touch sync; do eval "$program() { step; command $program \\"\\$@\\"; }"; done`;
}
