export { pricingEngine } from './service.ts';
