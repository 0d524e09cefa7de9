import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DROPLET_ROLES, type DropletRole } from '#domain/droplets/index.ts';
import type { LocalSettings } from '#platform/config/local-stack.ts';
import { writeAgentConfig, type AgentConfig } from '#ops/agent/install.ts';
import { certificatePaths } from './certificate.ts';
import type { Layout } from './layout.ts';
import { findBinary } from './server-binaries.mjs';
import { ensureSshKey } from './ssh-keys.ts';
import { startSshd, type LocalSshd } from './sshd.ts';

type Options = { layout: Layout; settings: LocalSettings; onLine?: (line: string) => void };

/**
 * Makes the console's keys, installs the agents and runs the sshd that the console reaches them through: the three
 * droplets are, on this machine, three keys of one sshd, each bound to an agent of its own.
 */
export async function startDropletAccess({ layout, settings, onLine }: Options): Promise<LocalSshd> {
  for (const dir of [layout.sshKeys, layout.agents]) await mkdir(dir, { recursive: true, mode: 0o700 });
  const keys = await Promise.all(
    DROPLET_ROLES.map(async (role) => {
      const agentConfig = join(layout.agents, `${role}.conf`);
      await writeAgentConfig(agentConfig, agentConfigOf(role, layout, settings));
      return { publicKey: await ensureSshKey(join(layout.sshKeys, role)), agentConfig };
    }),
  );
  return startSshd({ dir: layout.sshd, port: settings.LOCAL_SSHD_PORT, keys, ...(onLine && { onLine }) });
}

function agentConfigOf(role: DropletRole, layout: Layout, settings: LocalSettings): AgentConfig {
  const log = join(layout.logs, `agent-${role}.log`);
  if (role !== 'edge') return { log };
  const nginxCommand = findBinary('nginx');
  if (!nginxCommand) throw new Error('nginx is not installed');
  const edge = {
    edgeDir: layout.edge,
    nginxCommand,
    healthPort: settings.LOCAL_EDGE_PORT,
    statusPort: settings.LOCAL_EDGE_STATUS_PORT,
    certificates: [certificatePaths(layout.tls).certificate],
  };
  return { log, edge };
}
