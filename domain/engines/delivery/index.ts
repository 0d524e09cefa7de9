export { deliveryEngine } from './service.ts';
