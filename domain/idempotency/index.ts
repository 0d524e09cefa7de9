export { answerOnce, type Answer } from './service.ts';
