/** Adds its language to cronstrue when it is loaded; the package has no types for these. */
declare module 'cronstrue/locales/pt_BR.js';
