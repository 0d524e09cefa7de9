import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { renderEdge } from '#ops/droplet-1-edge/render.ts';
import type { EdgeSettingsInput } from '#ops/droplet-1-edge/settings.ts';
import { findBinary } from './server-binaries.mjs';
import { startServer, type ServerProcess } from './server-process.ts';

export type LocalEdge = Pick<ServerProcess, 'pid' | 'exited' | 'stop'> & {
  /** `http://127.0.0.1:<port>`; a store is asked for by its Host header. */
  url: string;
  tenantsDir: string;
};

type Given =
  'baseDomain' | 'appServers' | 'authServer' | 'edgeAuthSecret' | 'limits' | 'trustedProxies' | 'publicScheme';

type Options = Pick<EdgeSettingsInput, Given> & {
  /** Becomes the edge's whole disk: configuration, tenants, logs. What it already holds is kept. */
  dir: string;
  port: number;
  /** Where it tells its figures. */
  statusPort: number;
  /** Serves https there too. */
  tls?: { port: number; certificate: string; key: string };
  onLine?: (line: string) => void;
};

/** Runs a private nginx on 127.0.0.1 with the droplet's own configuration. Resolves when it accepts connections. */
export async function startEdgeNginx({ dir, port, statusPort, tls, onLine, ...settings }: Options): Promise<LocalEdge> {
  const command = findBinary('nginx');
  if (!command) throw new Error('nginx is not installed');
  const edgeDir = resolve(dir);
  // Workers run as ourselves: as root, another account might not be able to pass the folders above.
  const nginxUser = userInfo().username;
  await renderEdge({
    ...settings,
    edgeDir,
    nginxUser,
    listen: `127.0.0.1:${port}`,
    statusListen: `127.0.0.1:${statusPort}`,
    ...(tls && { tls: { listen: `127.0.0.1:${tls.port}`, certificate: tls.certificate, key: tls.key } }),
  });
  const server = await startServer({
    name: 'nginx',
    command,
    args: ['-p', edgeDir, '-c', 'conf/nginx.conf', '-e', 'stderr', '-g', 'daemon off;'],
    readyLine: /start worker processes/,
    ...(onLine && { onLine }),
  });
  return {
    ...server,
    url: `http://127.0.0.1:${port}`,
    tenantsDir: join(edgeDir, 'tenants'),
  };
}
