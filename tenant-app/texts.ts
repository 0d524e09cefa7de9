import { defineTexts, type Texts } from '#platform/http/i18n.ts';
import { errorTexts, sharedTexts } from '#platform/http/shared-texts.ts';
import { authTexts } from './auth/texts.ts';
import { dashboardTexts } from './dashboard/texts.ts';
import { refusalTexts } from './refusal-texts.ts';
import { settingsTexts } from './settings/texts.ts';

/** The frame around every page of a store. */
const layoutTexts = defineTexts('layout', {
  en: {
    dashboard: 'Dashboard',
    quotes: 'Quotes',
    orders: 'Orders',
    customers: 'Customers',
    products: 'Products',
    skip: 'Skip to the content',
    sections: 'Sections of the store',
    account: 'Your account',
    password: 'Change password',
    preferences: 'Language and appearance',
    sign_out: 'Sign out',
    temporary_password: 'You are using a password that someone else chose for you.',
    temporary_password_change: 'Choose your own',
    role_admin: 'Administrator',
    role_manager: 'Manager',
    role_salesperson: 'Salesperson',
    role_finance: 'Finance',
    role_stock_clerk: 'Stock clerk',
    role_driver: 'Driver',
  },
  'pt-BR': {
    dashboard: 'Painel',
    quotes: 'Orçamentos',
    orders: 'Pedidos',
    customers: 'Clientes',
    products: 'Produtos',
    skip: 'Ir para o conteúdo',
    sections: 'Seções da loja',
    account: 'Sua conta',
    password: 'Trocar senha',
    preferences: 'Idioma e aparência',
    sign_out: 'Sair',
    temporary_password: 'Você está usando uma senha que outra pessoa escolheu para você.',
    temporary_password_change: 'Escolha a sua',
    role_admin: 'Administrador',
    role_manager: 'Gerente',
    role_salesperson: 'Vendas',
    role_finance: 'Financeiro',
    role_stock_clerk: 'Estoque',
    role_driver: 'Motorista',
  },
});

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
