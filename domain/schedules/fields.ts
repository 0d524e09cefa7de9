import { z } from 'zod';
import { MISSED_POLICIES, SCHEDULED_WORK } from './types.ts';

/** The fields of a schedule as people and programs may write them. */
export const scheduleFields = {
  name: z
    .string({ error: 'Type a name.' })
    .trim()
    .min(1, { error: 'Type a name.' })
    .max(80, { error: 'Type at most 80 characters.' }),
  work: z.enum(SCHEDULED_WORK, { error: `Use one of ${SCHEDULED_WORK.join(', ')}.` }),
  cron: z
    .string({ error: 'Type five fields, like 30 4 * * 1-5.' })
    .trim()
    .min(1, { error: 'Type five fields, like 30 4 * * 1-5.' })
    .max(100, { error: 'Type at most 100 characters.' }),
  timezone: z
    .string({ error: 'Type a time zone like America/Sao_Paulo.' })
    .trim()
    .min(1, { error: 'Type a time zone like America/Sao_Paulo.' })
    .max(60, { error: 'Type a time zone like America/Sao_Paulo.' }),
  whenMissed: z.enum(MISSED_POLICIES, { error: `Use one of ${MISSED_POLICIES.join(', ')}.` }),
};
