import { defineTexts } from '#platform/http/i18n.ts';

/** The frame around every page of a store. */
export const layoutTexts = defineTexts('layout', {
  en: {
    dashboard: 'Dashboard',
    quotes: 'Quotes',
    orders: 'Orders',
    customers: 'Customers',
    products: 'Products',
    skip: 'Skip to the content',
    sections: 'Sections of the store',
    password: 'Change password',
    preferences: 'Language and appearance',
    sign_out: 'Sign out',
    unreachable:
      'The store does not answer at the moment. What is on the screen may be out of date; nothing you typed is lost.',
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
    password: 'Trocar senha',
    preferences: 'Idioma e aparência',
    sign_out: 'Sair',
    unreachable:
      'A loja não está respondendo. O que está na tela pode estar desatualizado; nada do que você digitou se perdeu.',
    role_admin: 'Administrador',
    role_manager: 'Gerente',
    role_salesperson: 'Vendas',
    role_finance: 'Financeiro',
    role_stock_clerk: 'Estoque',
    role_driver: 'Motorista',
  },
});
