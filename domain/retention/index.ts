export { readRetention } from './listings.ts';
export { setTerms, tendDays } from './service.ts';
