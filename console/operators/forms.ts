import { z } from 'zod';
import { ROLES } from '#domain/operators/index.ts';
import type { Translate } from '#platform/http/i18n.ts';

export const invitationForm = (t: Translate) =>
  z.object({
    name: z
      .string()
      .trim()
      .min(1, { error: t('operators:name_needed') })
      .max(120, { error: t('operators:name_too_long') }),
    email: z.email({ error: t('operators:email_needed') }).max(254, { error: t('operators:email_needed') }),
    role: z.enum(ROLES, { error: t('operators:role_needed') }),
  });

export const roleForm = z.object({ role: z.enum(ROLES) });
