export type { Engine, EventHandler } from './engine.ts';
