export type { Engine, Fact } from './engine.ts';
export {
  askForRecomputation,
  askForTonight,
  listDueTenants,
  postpone,
  takeDue,
  WHOLE_STORE,
} from './recomputations.ts';
