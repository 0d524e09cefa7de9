import type { NginxFacts } from './types.ts';

const SECONDS_COUNTED = 60;
const KINDS = ['2xx', '3xx', '4xx', '5xx'] as const;

/** Agents of several versions are out there: a figure that is missing or no number is unknown, never zero. */
export function toNginxFacts(status: Record<string, unknown>, asOf: Date): NginxFacts {
  const number = (key: string) => {
    const text = status[key];
    return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  };
  const counts = KINDS.map((kind) => number(`requests_${kind}`));
  const started = number('nginx_started');
  const isTold = status.nginx === 'running' || status.nginx === 'stopped';
  return {
    asOf,
    isRunning: isTold ? status.nginx === 'running' : undefined,
    startedAt: started === undefined ? undefined : new Date(started * 1000),
    workers: number('nginx_workers'),
    connections: number('nginx_connections'),
    requestsPerSecond: counts.includes(undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + count!, 0) / SECONDS_COUNTED,
    refused: counts[2],
    failed: counts[3],
    upstreamP50Ms: number('upstream_p50_ms'),
  };
}
