import type { Texts } from '#platform/http/i18n.ts';
import { errorTexts, sharedTexts } from '#platform/http/shared-texts.ts';
import { authTexts } from './auth/texts.ts';
import { customerTexts } from './customers/texts.ts';
import { dashboardTexts } from './dashboard/texts.ts';
import { layoutTexts } from './layout/layout-texts.ts';
import { fieldTexts } from './forms/field-texts.ts';
import { orderTexts } from './orders/texts.ts';
import { productTexts } from './products/texts.ts';
import { quoteTexts } from './quotes/texts.ts';
import { refusalTexts } from './forms/refusal-texts.ts';
import { salesRefusals, salesTexts } from './sales-texts.ts';
import { settingsTexts } from './settings/texts.ts';

/** Every word of the store's app. */
export const STORE_TEXTS: readonly Texts[] = [
  sharedTexts,
  errorTexts,
  refusalTexts,
  layoutTexts,
  authTexts,
  dashboardTexts,
  quoteTexts,
  orderTexts,
  customerTexts,
  productTexts,
  salesTexts,
  salesRefusals,
  fieldTexts,
  settingsTexts,
];
