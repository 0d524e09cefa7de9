import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('./basecommerce-agent', import.meta.url));

/** What the agent must know of its droplet. Without `edge` it only tells of the machine. */
export type AgentConfig = {
  /** Where it writes a line a request. */
  log: string;
  edge?: { edgeDir: string; nginxCommand: string; healthPort: number; statusPort: number; certificates: string[] };
};

/** Writes the file that the agent takes as its one argument. */
export async function writeAgentConfig(path: string, { log, edge }: AgentConfig): Promise<void> {
  const lines = [`AGENT_LOG=${log}`, ...(edge ? edgeLines(edge) : ['# not an edge'])];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o644 });
}

function edgeLines(edge: NonNullable<AgentConfig['edge']>): string[] {
  return [
    `EDGE_DIR=${edge.edgeDir}`,
    `NGINX_CMD=${edge.nginxCommand}`,
    `HEALTH_PORT=${edge.healthPort}`,
    `STATUS_PORT=${edge.statusPort}`,
    ...edge.certificates.map((file) => `CERTIFICATE=${file}`),
  ];
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
