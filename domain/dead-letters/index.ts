export { countDead, getLetter, letterKey, listLetters } from './listings.ts';
export { mendLetter, replayLetter, replayLetters, skipLetter } from './service.ts';
export { LETTER_STATES, type DeadLetter, type LetterFilter } from './types.ts';
