import type { Texts } from '#platform/http/i18n.ts';
import { errorTexts, sharedTexts } from '#platform/http/shared-texts.ts';
import { refusalTexts } from '#tenant-app/forms/refusal-texts.ts';
import { authTexts } from './texts.ts';

/** Every word of the auth process. */
export const AUTH_TEXTS: readonly Texts[] = [sharedTexts, errorTexts, refusalTexts, authTexts];
