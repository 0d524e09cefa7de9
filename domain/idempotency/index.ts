export { answerOnce, type Answer, type IdempotentRequest } from './service.ts';
