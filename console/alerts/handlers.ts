import type { Request, Response } from 'express';
import {
  acknowledgeAlert,
  endMute,
  listDeliveries,
  listEndedAlerts,
  listMutes,
  listOpenAlerts,
  muteAlerts,
  sendTest,
} from '#domain/alerts/index.ts';
import { satisfies } from '#domain/operators/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { acknowledgementForm, readMuteForm } from './forms.ts';
import { toAlertRows, toDeliveryRows } from './presenter.ts';

const PAGE = '/alerts';
const SHOWN_ENDED = 30;
const EMPTY_MUTE = { key: '', reason: '', minutes: '60' };

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const key = typeof req.query.mute === 'string' ? req.query.mute : '';
  await draw(ctx, req, res, { values: { key }, errors: {} });
}

export async function acknowledge(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { note } = parseInput(acknowledgementForm, req.body ?? {});
  await acknowledgeAlert(ctx, String(req.params.id), note);
  await done(req, res, 'acknowledged_flash');
}

export async function mute(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readMuteForm(values, res.locals.t as Translate);
  if (!form.ok) return draw(ctx, req, res, { values, errors: form.errors }, 422);
  await muteAlerts(ctx, form.value);
  await done(req, res, 'muted_flash');
}

export async function unmute(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await endMute(ctx, String(req.params.id));
  await done(req, res, 'unmuted_flash');
}

export async function test(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await sendTest(ctx);
  await done(req, res, 'test_flash');
}

async function done(req: Request, res: Response, flash: string): Promise<void> {
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)(`alerts:${flash}`) });
  redirectAfterPost(req, res, PAGE);
}

type Form = { values: Record<string, unknown>; errors: Record<string, unknown> };

async function draw(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const t = res.locals.t as Translate;
  const [open, ended, mutes, deliveries] = await Promise.all([
    listOpenAlerts(ctx),
    listEndedAlerts(ctx, SHOWN_ENDED),
    listMutes(ctx),
    listDeliveries(ctx, SHOWN_ENDED),
  ]);
  const locals = {
    title: t('alerts:title'),
    open: toAlertRows(open, mutes),
    ended: toAlertRows(ended, []),
    mutes,
    deliveries: toDeliveryRows(deliveries, t),
    mayAct: ctx.role !== undefined && satisfies(ctx.role, 'on_call'),
    values: { ...EMPTY_MUTE, ...form.values },
    errors: form.errors,
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/alerts/index', locals, status);
}
