export { stockEngine } from './service.ts';
