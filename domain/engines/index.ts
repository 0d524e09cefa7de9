export type { Engine, Fact } from './engine.ts';
export { askForRecomputation, listDueTenants, postpone, takeDue, WHOLE_STORE } from './recomputations.ts';
