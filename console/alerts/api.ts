import { z } from 'zod';
import {
  acknowledgeAlert,
  endMute,
  listEndedAlerts,
  listMutes,
  listOpenAlerts,
  muteAlerts,
  sendTest,
  type Alert,
  type Mute,
} from '#domain/alerts/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { alertFields } from './forms.ts';

const tag = 'Alerts';

const alertSchema = z
  .object({
    id: z.guid(),
    key: z.string(),
    severity: z.enum(['warning', 'critical']),
    title: z.string(),
    detail: z.string(),
    opened_at: moment,
    last_seen_at: moment,
    resolved_at: moment.nullable(),
    acknowledged: z.object({ by: z.string(), at: moment, note: z.string() }).nullable(),
  })
  .meta({ id: 'Alert' });

const muteSchema = z
  .object({
    id: z.guid(),
    key: z.string(),
    reason: z.string(),
    muted_by: z.string(),
    muted_at: moment,
    expires_at: moment,
  })
  .meta({ id: 'AlertMute' });

function toAlertJson(alert: Alert): z.input<typeof alertSchema> {
  const { id, key, severity, title, detail, acknowledged } = alert;
  return {
    id,
    key,
    severity,
    title,
    detail,
    opened_at: alert.openedAt.toISOString(),
    last_seen_at: alert.lastSeenAt.toISOString(),
    resolved_at: alert.resolvedAt?.toISOString() ?? null,
    acknowledged: acknowledged ? { ...acknowledged, at: acknowledged.at.toISOString() } : null,
  };
}

function toMuteJson({ id, key, reason, mutedBy, mutedAt, expiresAt }: Mute): z.input<typeof muteSchema> {
  return { id, key, reason, muted_by: mutedBy, muted_at: mutedAt.toISOString(), expires_at: expiresAt.toISOString() };
}

const idParams = z.object({ id: z.guid() });
const nothing = z.object({});

export const alertEndpoints = [
  endpoint({
    method: 'get',
    path: '/alerts',
    guard: role('viewer'),
    summary: 'What is wrong now, and what lately was',
    tag,
    response: z.object({ open: z.array(alertSchema), ended: z.array(alertSchema), mutes: z.array(muteSchema) }),
    async run(ctx) {
      const [open, ended, mutes] = await Promise.all([listOpenAlerts(ctx), listEndedAlerts(ctx, 100), listMutes(ctx)]);
      return { body: { open: open.map(toAlertJson), ended: ended.map(toAlertJson), mutes: mutes.map(toMuteJson) } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/alerts/:id/acknowledgement',
    guard: role('on_call'),
    summary: 'Say that you look after an alert',
    tag,
    params: idParams,
    body: z.object({ note: alertFields.note }),
    response: nothing,
    async run(ctx, { params: { id }, body: { note } }) {
      await acknowledgeAlert(ctx, id, note);
      return { body: {} };
    },
  }),
  endpoint({
    method: 'post',
    path: '/alert-mutes',
    guard: role('on_call'),
    summary: 'Have nobody told of an alert for a while',
    tag,
    body: z.object({ key: alertFields.key, reason: alertFields.reason, minutes: alertFields.minutes }),
    status: 201,
    response: muteSchema,
    async run(ctx, { body: { minutes: forMinutes, ...input } }) {
      return { body: toMuteJson(await muteAlerts(ctx, { ...input, forMinutes })) };
    },
  }),
  endpoint({
    method: 'delete',
    path: '/alert-mutes/:id',
    guard: role('on_call'),
    summary: 'End a mute before its time',
    tag,
    params: idParams,
    response: nothing,
    async run(ctx, { params: { id } }) {
      await endMute(ctx, id);
      return { body: {} };
    },
  }),
  endpoint({
    method: 'post',
    path: '/alert-tests',
    guard: role('on_call'),
    summary: 'Have every way out say that it works',
    tag,
    body: nothing,
    status: 202,
    response: nothing,
    async run(ctx) {
      await sendTest(ctx);
      return { body: {} };
    },
  }),
];
