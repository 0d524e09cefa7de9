export type { Engine, Fact } from './engine.ts';
