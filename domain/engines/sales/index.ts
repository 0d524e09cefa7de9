export { salesEngine } from './service.ts';
