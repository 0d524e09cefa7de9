/*
 * What the agent prints (ops/agent/README.md), read with care: agents of several versions are out there. An unknown key is
 * kept, a line that makes no sense is left out, and what was not said is undefined, never zero.
 */

const MAX_LINES = 200;
const MAX_VALUE = 200;

/** The `key=value` lines of `status`, as they were printed. */
export type Status = Readonly<Record<string, string>>;

export function parseStatus(text: string): Status {
  const pairs = linesOf(text).map((line) => /^([a-z][a-z0-9_]{0,59})=(.*)$/.exec(line));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1]!, pair[2]!.slice(0, MAX_VALUE)]] : [])));
}

/** Figures of `status`. Bytes, seconds, requests of the last minute; ratios between 0 and 1. */
export type Figures = {
  agentVersion: string | undefined;
  /** The machine's clock, Unix seconds, cut and not rounded. */
  clock: number | undefined;
  uptimeSeconds: number | undefined;
  load: number | undefined;
  load5: number | undefined;
  load15: number | undefined;
  cores: number | undefined;
  loadPerCore: number | undefined;
  memoryTotal: number | undefined;
  memoryUsed: number | undefined;
  swapUsed: number | undefined;
  diskTotal: number | undefined;
  diskUsed: number | undefined;
  inodesAvailable: number | undefined;
  processes: number | undefined;
  nginx: string | undefined;
  nginxConnections: number | undefined;
  requests: { ok: number; redirected: number; refused: number; failed: number } | undefined;
  upstreamP50Ms: number | undefined;
};

export function figuresOf(status: Status): Figures {
  const number = (key: string) => numberIn(status[key]);
  const total = (what: string) => number(`${what}_total_bytes`);
  const [load, cores] = [number('load'), number('cores')];
  return {
    agentVersion: status.agent_version,
    clock: number('clock'),
    uptimeSeconds: number('uptime_seconds'),
    load,
    load5: number('load_5'),
    load15: number('load_15'),
    cores,
    loadPerCore: load !== undefined && cores ? load / cores : undefined,
    memoryTotal: total('memory'),
    memoryUsed: usedOf(total('memory'), number('memory_available_bytes')),
    swapUsed: number('memory_swap_used_bytes'),
    diskTotal: total('disk'),
    diskUsed: usedOf(total('disk'), number('disk_available_bytes')),
    inodesAvailable: number('disk_inodes_available'),
    processes: number('processes'),
    nginx: status.nginx,
    nginxConnections: number('nginx_connections'),
    requests: requestsOf(number),
    upstreamP50Ms: number('upstream_p50_ms'),
  };
}

/** The share that is taken, between 0 and 1. */
function usedOf(total: number | undefined, available: number | undefined): number | undefined {
  if (!total || available === undefined) return undefined;
  return Math.min(1, Math.max(0, 1 - available / total));
}

function requestsOf(number: (key: string) => number | undefined): Figures['requests'] {
  const [ok, redirected, refused, failed] = ['2xx', '3xx', '4xx', '5xx'].map((kind) => number(`requests_${kind}`));
  if (ok === undefined || redirected === undefined || refused === undefined || failed === undefined) return undefined;
  return { ok, redirected, refused, failed };
}

export type Process = { pid: number; rssBytes: number; cpuPercent: number; name: string };

/** `pid rss_bytes cpu_percent name` a line. */
export function parseProcesses(text: string): Process[] {
  return linesOf(text).flatMap((line) => {
    const [, pid, rss, cpu, name] = /^(\d+) (\d+) (\d+(?:\.\d+)?) (\S.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    return [{ pid: Number(pid), rssBytes: Number(rss), cpuPercent: Number(cpu), name: name!.slice(0, MAX_VALUE) }];
  });
}

export type Certificate = { file: string; expiresAt: Date; subject: string };

/** `<file> <end of validity, Unix seconds> <subject>` a line. */
export function parseCertificates(text: string): Certificate[] {
  return linesOf(text).flatMap((line) => {
    const [, file, seconds, subject = ''] = /^(\S+) (\d{1,11})(?: (.*))?$/.exec(line) ?? [];
    if (file === undefined) return [];
    return [{ file, expiresAt: new Date(Number(seconds) * 1000), subject: subject.slice(0, MAX_VALUE) }];
  });
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, MAX_LINES);
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** How far a machine's clock is ahead of ours (behind: negative), and how far that may be wrong either way. Units: ms. */
export type ClockSkew = { skewMs: number; uncertaintyMs: number };

/**
 * The machine read its clock somewhere between our question and its answer: most likely half way, surely within. It tells
 * whole seconds, so the reading itself stands for the half second after it.
 */
export function clockSkew(clockSeconds: number, answer: { receivedAtMs: number; roundTripMs: number }): ClockSkew {
  const halfWay = answer.receivedAtMs - answer.roundTripMs / 2;
  return {
    skewMs: Math.round(clockSeconds * 1000 + 500 - halfWay),
    uncertaintyMs: Math.ceil(answer.roundTripMs / 2 + 500),
  };
}
