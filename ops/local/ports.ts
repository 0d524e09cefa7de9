import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ConfigError } from '#platform/config/index.ts';

/** Below the kernel's ephemeral range: no outgoing connection can take the port between our look and the server's bind. */
const FREE_PORT_RANGE = [20_000, 32_000] as const;
const handedOut = new Set<number>();

/** Whether a server could listen on this loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A loopback port nobody listens on; never the same one twice in one process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...FREE_PORT_RANGE);
    if (handedOut.has(port) || !(await isPortFree(port))) continue;
    handedOut.add(port);
    return port;
  }
}

export type PortNeed = { port: number; variable: string; usedBy: string };

/** Throws {@link ConfigError} that names both variables wherever two of them have the same port. */
export function refuseSharedPorts(needs: PortNeed[]): void {
  const problems = needs.flatMap(({ port, variable, usedBy }, index) => {
    const first = needs.slice(0, index).find((earlier) => earlier.port === port);
    if (!first) return [];
    return [`${variable}: is the same port as ${first.variable}; ${usedBy} and ${first.usedBy} need one each`];
  });
  if (problems.length > 0) throw new ConfigError('local stack', problems);
}

/** Throws one error that names every taken port and the variable that moves it. */
export async function refuseTakenPorts(needs: PortNeed[]): Promise<void> {
  const free = await Promise.all(needs.map(({ port }) => isPortFree(port)));
  const taken = needs.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const lines = taken.map(
    ({ port, variable, usedBy }) => `  port ${port} (${usedBy}) is taken: free it, or set ${variable} to another port`,
  );
  throw new Error(['Some ports are in use by other programs:', ...lines].join('\n'));
}
