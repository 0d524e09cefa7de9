import type { Texts } from '#platform/http/i18n.ts';
import { errorTexts, sharedTexts } from '#platform/http/shared-texts.ts';
import { frameTexts } from './frame-texts.ts';
import { auditTexts } from './audit/texts.ts';
import { dropletTexts } from './droplets/texts.ts';
import { jobErrorTexts, jobTexts } from './jobs/texts.ts';
import { operatorErrorTexts, operatorTexts } from './operators/texts.ts';
import { overviewTexts } from './overview/texts.ts';
import { sessionTexts } from './sessions/texts.ts';
import { bulkErrorTexts, bulkTexts } from './tenants/bulk-actions/texts.ts';
import { directoryTexts } from './tenants/directory/texts.ts';
import { tenantErrorTexts, tenantTexts } from './tenants/texts.ts';
import { streamTexts } from './streams/texts.ts';

/** Every word of the console, by feature. */
export const consoleTexts: readonly Texts[] = [
  sharedTexts,
  errorTexts,
  frameTexts,
  sessionTexts,
  overviewTexts,
  tenantTexts,
  directoryTexts,
  bulkTexts,
  bulkErrorTexts,
  tenantErrorTexts,
  jobTexts,
  jobErrorTexts,
  auditTexts,
  operatorTexts,
  operatorErrorTexts,
  dropletTexts,
  streamTexts,
];
