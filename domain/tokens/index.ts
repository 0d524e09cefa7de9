export { createToken, DEFAULT_TOKEN_DAYS, findToken, listTokens, MAX_TOKEN_DAYS, revokeToken } from './service.ts';
export type { ApiToken } from './types.ts';
