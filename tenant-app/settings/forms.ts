import { z } from 'zod';
import { LOCALES } from '#platform/http/i18n.ts';
import { THEMES } from '#tenant-app/middleware/page-locals.ts';

export const preferencesForm = z.object({ lang: z.enum(LOCALES), theme: z.enum(THEMES) });

/** Passwords are taken as typed: a space at an end is part of one. */
export const passwordForm = z.object({ current: z.string().max(1000), next: z.string().max(1000) });
