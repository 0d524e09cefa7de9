import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SshCommand } from '#platform/ssh/index.ts';
import { copyAgent } from './agent-copy.ts';

/** `died`: the sabotage ended it, as a power cut would. */
type Outcome = { exitCode: number | null; died: boolean; stdout: string; stderr: string };

/** Runs an agent with this sabotage ({@link copyAgent}) on the real folders of this configuration, without SSH. */
export async function runSabotaged(config: string, sabotage: string, command: SshCommand): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'bc-agent-'));
  try {
    const program = await copyAgent(dir, sabotage);
    const SSH_ORIGINAL_COMMAND = [command.verb, ...(command.args ?? [])].join(' ');
    const child = spawn(program, [config], { env: { SSH_ORIGINAL_COMMAND } });
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
