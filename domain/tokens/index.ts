export { createToken, DEFAULT_TOKEN_DAYS, findToken, MAX_TOKEN_DAYS } from './service.ts';
export type { ApiToken } from './types.ts';
