export { findStoreEntry, loadStore } from './listings.ts';
export type { Store, StoreContext, StoreSettings } from './types.ts';
