// The page says what time the server had when it was drawn: a wrong clock on a laptop must not make figures look stale.
// It was drawn when its first byte came. Its styles and scripts came later, and that time is no error of the clock.
const [navigation] = performance.getEntriesByType('navigation');
const receivedAt = navigation ? performance.timeOrigin + navigation.responseStart : Date.now();
const drawnAt = Date.parse(document.body.dataset.now ?? '') || receivedAt;
const offsetMs = drawnAt - receivedAt;

/** Milliseconds since 1970 by the server's clock. */
export const serverNow = () => Date.now() + offsetMs;
