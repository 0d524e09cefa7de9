import type { Texts } from '#platform/http/i18n.ts';
import { errorTexts, sharedTexts } from '#platform/http/shared-texts.ts';
import { authTexts } from './auth/texts.ts';
import { dashboardTexts } from './dashboard/texts.ts';
import { layoutTexts } from './layout-texts.ts';
import { refusalTexts } from './refusal-texts.ts';
import { settingsTexts } from './settings/texts.ts';

/** Every word of the store's app. */
export const STORE_TEXTS: readonly Texts[] = [
  sharedTexts,
  errorTexts,
  refusalTexts,
  layoutTexts,
  authTexts,
  dashboardTexts,
  settingsTexts,
];
