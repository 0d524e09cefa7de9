import { defineTexts } from '#platform/http/i18n.ts';

/** Words for what the frame refuses beyond what every process may (`errorTexts`), by code; a feature adds its own. */
export const refusalTexts = defineTexts('errors', {
  en: {
    heading_401: 'Sign in',
    heading_409: 'That does not fit any more',
    heading_412: 'Someone else was faster',
    edge_only: 'This address answers only through the edge.',
    unknown_store: 'There is no store at this address.',
    store_suspended: 'This store is suspended. Talk to whoever takes care of it.',
    store_not_ready: 'This store is being prepared. Try again in a moment.',
    store_unavailable: 'The store does not answer. Try again shortly.',
    store_failed: 'The store gave an answer that could not be read. Try again shortly.',
    session_of_another_store: 'This session belongs to another store. Sign in here.',
    not_authenticated: 'Sign in to go on.',
    invalid_token: 'Sign in to go on.',
    session_over: 'Your session is over. Sign in to go on.',
    password_change_required: 'Choose a password of your own first.',
    wrong_credentials: 'The e-mail or the password is not right.',
  },
  'pt-BR': {
    heading_401: 'Entre na sua conta',
    heading_409: 'Isso não vale mais',
    heading_412: 'Alguém foi mais rápido',
    edge_only: 'Este endereço só responde através da borda.',
    unknown_store: 'Não há loja neste endereço.',
    store_suspended: 'Esta loja está suspensa. Fale com quem cuida dela.',
    store_not_ready: 'Esta loja está sendo preparada. Tente de novo em instantes.',
    store_unavailable: 'A loja não está respondendo. Tente de novo em instantes.',
    store_failed: 'A loja deu uma resposta que não se pôde ler. Tente de novo em instantes.',
    session_of_another_store: 'Esta sessão é de outra loja. Entre aqui.',
    not_authenticated: 'Entre na sua conta para continuar.',
    invalid_token: 'Entre na sua conta para continuar.',
    session_over: 'Sua sessão terminou. Entre de novo para continuar.',
    password_change_required: 'Escolha primeiro a sua senha.',
    wrong_credentials: 'E-mail ou senha não conferem.',
  },
});
