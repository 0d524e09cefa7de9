import type { Request, Response } from 'express';
import { listDroplets, type Droplet, type DropletStatus } from '#domain/droplets/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';

const WORDS: Record<DropletStatus, 'ok' | 'unknown' | 'stopped' | 'failed'> = {
  reachable: 'ok',
  enrolled: 'unknown',
  unreachable: 'stopped',
  host_key_changed: 'failed',
};

export async function listMachines(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const droplets = (await listDroplets(ctx)).map(toLine);
  const title = (res.locals.t as Translate)('frame:droplets');
  await renderPage(req, res, 'console/droplets/index', { title, droplets, asOf: ctx.clock.now() });
}

function toLine({
  id,
  name,
  role,
  status,
  host,
  port,
  username,
  fingerprint,
  lastSeenAt,
  lastError,
  enrolledAt,
}: Droplet) {
  const address = `${username}@${host}:${port}`;
  return { id, name, role, status, word: WORDS[status], address, fingerprint, lastSeenAt, lastError, enrolledAt };
}
