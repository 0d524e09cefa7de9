// [data-poll] with an [data-as-of][data-every] in it: figures that are older than one and a half of their refreshes are asked for
// anew. A tab that slept, a laptop that was closed and a connection that died without a word all end here: the first
// second after waking finds the figures old.
import { serverNow } from './server-clock.js';

const AT_MOST_EVERY_MS = 2000;
const lastAsked = new WeakMap();

function check(element) {
  const figures = element.querySelector('[data-as-of][data-every]');
  if (document.hidden || !figures) return;
  const everyMs = Number(figures.dataset.every) * 1000;
  if (serverNow() - Date.parse(figures.dataset.asOf) <= everyMs * 1.5) return;
  // What is old by nature must not be asked for again and again.
  if (performance.now() - (lastAsked.get(element) ?? -Infinity) < Math.max(everyMs, AT_MOST_EVERY_MS)) return;
  lastAsked.set(element, performance.now());
  globalThis.htmx.ajax('GET', element.dataset.poll, { source: element, target: element, swap: 'innerMorph' });
}

const checkAll = () => document.querySelectorAll('[data-poll]').forEach(check);
setInterval(checkAll, 1000);
document.addEventListener('visibilitychange', checkAll);
document.addEventListener('resume', checkAll);
addEventListener('pageshow', checkAll);
addEventListener('online', checkAll);
