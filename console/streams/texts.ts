import { defineTexts } from '#platform/http/i18n.ts';
import { EN } from './texts-en.ts';
import { PT_BR } from './texts-pt-br.ts';

export const streamTexts = defineTexts('streams', { en: EN, 'pt-BR': PT_BR });
