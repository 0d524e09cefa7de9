import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('./basecommerce-agent', import.meta.url));

/** What the agent must know of its droplet. Without `edge` it offers `version` and `status` only. */
export type AgentConfig = { edge?: { edgeDir: string; nginxCommand: string; healthPort: number } };

/** Writes the file that the agent takes as its one argument. */
export async function writeAgentConfig(path: string, { edge }: AgentConfig): Promise<void> {
  const lines = edge
    ? [`EDGE_DIR=${edge.edgeDir}`, `NGINX_CMD=${edge.nginxCommand}`, `HEALTH_PORT=${edge.healthPort}`]
    : ['# not an edge'];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o644 });
}

/**
 * The line of `authorized_keys` that lets this key run the agent and nothing else: no shell, no terminal, no forwarding.
 */
export function authorizedKey(publicKey: string, configPath: string): string {
  const command = [AGENT, configPath].map(quoteForShell).join(' ');
  return `restrict,command="${command.replaceAll('"', '\\"')}" ${publicKey.trim()}`;
}

/** sshd hands a forced command to the account's shell. */
function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
