import type { Texts } from '#platform/http/i18n.ts';
import { errorTexts, sharedTexts } from '#platform/http/shared-texts.ts';
import { frameTexts } from './frame-texts.ts';
import { alertTexts } from './alerts/texts.ts';
import { auditTexts } from './audit/texts.ts';
import { dropletDetailTexts } from './droplets/detail-texts.ts';
import { dropletFormTexts } from './droplets/form-texts.ts';
import { dropletJobTexts } from './droplets/job-texts.ts';
import { dropletErrorTexts, dropletTexts } from './droplets/texts.ts';
import { driftTexts } from './edge/drift/texts.ts';
import { publicationTexts } from './edge/publications/texts.ts';
import { revisionTexts } from './edge/revisions/texts.ts';
import { rollbackTexts } from './edge/rollbacks/texts.ts';
import { edgeErrorTexts, edgeTexts } from './edge/texts.ts';
import { jobErrorTexts, jobTexts } from './jobs/texts.ts';
import { operatorErrorTexts, operatorTexts } from './operators/texts.ts';
import { overviewTexts } from './overview/texts.ts';
import { scheduleErrorTexts, scheduleTexts } from './schedules/texts.ts';
import { sessionTexts } from './sessions/texts.ts';
import { applicationErrorTexts, applicationTexts } from './tenants/applications/texts.ts';
import { bulkErrorTexts, bulkTexts } from './tenants/bulk-actions/texts.ts';
import { directoryTexts } from './tenants/directory/texts.ts';
import { domainFieldTexts, domainTexts } from './tenants/domains/texts.ts';
import { lifecycleErrorTexts, lifecycleTexts } from './tenants/lifecycle-texts.ts';
import { tenantErrorTexts, tenantTexts } from './tenants/texts.ts';
import { usageTexts } from './tenants/usage/texts.ts';
import { peopleTexts, personFieldTexts } from './tenants/users/texts.ts';
import { letterTexts } from './streams/dead-letters/texts.ts';
import { commandTexts } from './streams/commands/texts.ts';
import { limitTexts } from './streams/limits/texts.ts';
import { pauseTexts } from './streams/pauses/texts.ts';
import { replayTexts } from './streams/replays/texts.ts';
import { retentionTexts } from './streams/retention/texts.ts';
import { shardTexts } from './streams/shards/texts.ts';
import { streamTexts } from './streams/texts.ts';

/** Every word of the console, by feature. */
export const consoleTexts: readonly Texts[] = [
  sharedTexts,
  errorTexts,
  frameTexts,
  sessionTexts,
  overviewTexts,
  alertTexts,
  tenantTexts,
  lifecycleTexts,
  lifecycleErrorTexts,
  domainTexts,
  domainFieldTexts,
  peopleTexts,
  personFieldTexts,
  usageTexts,
  directoryTexts,
  applicationTexts,
  applicationErrorTexts,
  bulkTexts,
  bulkErrorTexts,
  tenantErrorTexts,
  edgeTexts,
  edgeErrorTexts,
  revisionTexts,
  rollbackTexts,
  publicationTexts,
  driftTexts,
  jobTexts,
  jobErrorTexts,
  scheduleTexts,
  scheduleErrorTexts,
  auditTexts,
  operatorTexts,
  operatorErrorTexts,
  dropletTexts,
  dropletDetailTexts,
  dropletFormTexts,
  dropletJobTexts,
  dropletErrorTexts,
  streamTexts,
  commandTexts,
  limitTexts,
  pauseTexts,
  replayTexts,
  shardTexts,
  retentionTexts,
  letterTexts,
];
