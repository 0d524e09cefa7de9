import assert from 'node:assert/strict';
import { silentLogger } from '#platform/log/index.ts';
import { AgentRefused, createSshPool, type SshCommand } from '#platform/ssh/index.ts';
import { bundleCommand, type Change } from './edge-requests.ts';
import { startTestEdge, type TestEdge } from './edge.ts';
import { rawRequest } from './raw-ssh.ts';
import { runSabotaged } from './sabotaged-agent.ts';

/** A test's edge with a connection to its agent. */
export type AgentOfEdge = {
  edge: TestEdge;
  /** What the verb printed. */
  run(verb: string, ...args: string[]): Promise<string>;
  send(command: SshCommand): Promise<string>;
  put(...changes: Change[]): Promise<string>;
  /** As OpenSSH's own client sees it: also what a verb printed before it refused. */
  raw(command: SshCommand): ReturnType<typeof rawRequest>;
  sabotaged(sabotage: string, command: SshCommand): ReturnType<typeof runSabotaged>;
  /** The lines of `manifest` that begin with this kind. */
  listed(kind: 'tenant' | 'maps' | 'foreign'): Promise<string[]>;
  /** `<state> <sha256> <mode>` of a store, undefined when the edge does not know it. */
  found(slug: string): Promise<string | undefined>;
  stop(): Promise<void>;
};

export async function startAgentOfEdge(options?: Parameters<typeof startTestEdge>[0]): Promise<AgentOfEdge> {
  const edge = await startTestEdge(options);
  const pool = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
  const send = async (command: SshCommand) => (await pool.run(edge.sshTarget, command)).stdout;
  const run = (verb: string, ...args: string[]) => send({ verb, args });
  const listed = async (kind: string) =>
    (await run('manifest'))
      .split('\n')
      .flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []));
  return {
    edge,
    run,
    send,
    put: (...changes) => send(bundleCommand(changes)),
    raw: ({ verb, args = [], stdin }) => rawRequest(edge, [verb, ...args], stdin?.toString()),
    sabotaged: (sabotage, command) => runSabotaged(edge.agentConfig, sabotage, command),
    listed,
    found: async (slug) => (await listed('tenant')).find((line) => line.startsWith(`${slug} `))?.slice(slug.length + 1),
    async stop() {
      await pool.stop();
      await edge.stop();
    },
  };
}

/** For `assert.rejects`: the agent itself said no, with this code and a reason like this. */
export function refusedWith(exitCode: number, reason: RegExp) {
  return (error: unknown) => {
    assert(error instanceof AgentRefused, String(error));
    assert.equal(error.exitCode, exitCode, error.stderr);
    assert.match(error.stderr, reason);
    return true;
  };
}
