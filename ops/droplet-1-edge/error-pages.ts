/** What the edge itself may have to say, for people (pt-BR first) and for programs (problem+json). */
export type ErrorPage = { name: string; status: number; code: string; title: string; text: string; english: string };

export const ERROR_PAGES: readonly ErrorPage[] = [
  {
    name: 'bad-request',
    status: 400,
    code: 'bad_request',
    title: 'Pedido inválido',
    text: 'O endereço ou o pedido não está no formato esperado. Volte ao início e tente de novo.',
    english: 'This request cannot be understood. Please go back to the start and try again.',
  },
  {
    name: 'unknown-store',
    status: 404,
    code: 'unknown_store',
    title: 'Loja não encontrada',
    text: 'Não existe uma loja neste endereço. Confira se ele foi digitado corretamente.',
    english: 'There is no store at this address. Please check its spelling.',
  },
  {
    name: 'not-found',
    status: 404,
    code: 'not_found',
    title: 'Página não encontrada',
    text: 'Esta loja não tem uma página neste endereço. Volte ao início e tente de novo.',
    english: 'This store has no page at this address.',
  },
  {
    name: 'too-large',
    status: 413,
    code: 'too_large',
    title: 'Arquivo grande demais',
    text: 'O que você enviou passa do limite de 5 MB. Envie um arquivo menor.',
    english: 'What you sent is larger than 5 MB. Please send a smaller file.',
  },
  {
    name: 'too-many-requests',
    status: 429,
    code: 'rate_limited',
    title: 'Muitos pedidos em pouco tempo',
    text: 'Espere alguns segundos e tente de novo. Nada do que você já salvou foi perdido.',
    english: 'Too many requests. Wait a few seconds, then try again.',
  },
  {
    name: 'unavailable',
    status: 502,
    code: 'upstream_unavailable',
    title: 'Loja fora do ar por um instante',
    text: 'O sistema não respondeu agora. Tente de novo em alguns segundos; se continuar, avise o suporte.',
    english: 'The store did not answer just now. Please try again in a few seconds.',
  },
  {
    name: 'suspended',
    status: 503,
    code: 'store_suspended',
    title: 'Loja suspensa',
    text: 'O acesso a esta loja está suspenso no momento. Se você é responsável por ela, fale com o suporte.',
    english: 'This store is suspended for now. If it is yours, please contact support.',
  },
];
