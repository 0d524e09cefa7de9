import type { ProcessName } from '#platform/config/index.ts';
import type { LocalSettings } from '#platform/config/local-stack.ts';
import type { PortNeed } from './ports.ts';

type PortKey = 'CONSOLE_PORT' | 'AUTH_PORT' | 'APP_PORT' | 'RELAY_PORT' | 'ENGINES_PORT' | 'OPS_PORT';

export type Service = {
  name: string;
  /** Whose environment it gets. */
  process: ProcessName;
  entry: string;
  /** What the process calls its port, and the setting of the local stack that fills it. */
  portKey: PortKey;
  portSetting: keyof LocalSettings & `${string}_PORT`;
};

/** Every long-lived process of the platform. On a droplet each is a container; here all are children of npm start. */
export const SERVICES: Service[] = [
  service('auth', 'auth', 'tenant-app/auth-server.ts', 'AUTH_PORT'),
  service('app', 'app', 'tenant-app/server.ts', 'APP_PORT'),
  { ...service('app-2', 'app', 'tenant-app/server.ts', 'APP_PORT'), portSetting: 'APP_2_PORT' },
  service('relay', 'relay', 'workers/outbox-relay.ts', 'RELAY_PORT'),
  service('engines', 'engines', 'workers/engines.ts', 'ENGINES_PORT'),
  service('ops', 'ops', 'workers/ops.ts', 'OPS_PORT'),
  service('console', 'console', 'console/server.ts', 'CONSOLE_PORT'),
];

function service(name: string, process: ProcessName, entry: string, portKey: PortKey): Service {
  return { name, process, entry, portKey, portSetting: portKey };
}

/** Every port the stack will listen on; none for a server that is not ours. */
export function portNeeds(settings: LocalSettings): PortNeed[] {
  const need = (usedBy: string, variable: Service['portSetting']) => ({ usedBy, variable, port: settings[variable] });
  return [
    need('edge', 'LOCAL_EDGE_PORT'),
    need('edge by https', 'LOCAL_EDGE_TLS_PORT'),
    need('figures of the edge', 'LOCAL_EDGE_STATUS_PORT'),
    need('sshd', 'LOCAL_SSHD_PORT'),
    ...(settings.DATABASE_URL ? [] : [need('PostgreSQL', 'LOCAL_POSTGRES_PORT')]),
    ...(settings.REDIS_URL ? [] : [need('Redis', 'LOCAL_REDIS_PORT')]),
    ...SERVICES.map(({ name, portSetting }) => need(name, portSetting)),
  ];
}
