export { findStoreEntry, loadStore } from './listings.ts';
export type { Store, StoreContext, StoreEntry, StoreSettings, StoreStatus } from './types.ts';
