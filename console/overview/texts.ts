import { defineTexts } from '#platform/http/i18n.ts';

export const overviewTexts = defineTexts('overview', { en: { title: 'Overview' }, 'pt-BR': { title: 'Visão geral' } });
