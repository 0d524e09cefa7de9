// The page says what time the server had when it was drawn: a wrong clock on a laptop must not make figures look stale.
const drawnAt = Date.parse(document.body.dataset.now ?? '') || Date.now();
const offsetMs = drawnAt - Date.now();

/** Milliseconds since 1970 by the server's clock. */
export const serverNow = () => Date.now() + offsetMs;
