export { suggestForCart, type CartSuggestion } from './listings.ts';
