// <time data-relative>: keeps "4 min ago" true, and shows the exact time in the reader's own zone on hover.
import { serverNow } from './server-clock.js';

const locale = document.body.dataset.locale ?? 'en';
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

function show(time) {
  const at = Date.parse(time.dateTime);
  const isLive = time.closest('[data-as-of]') !== null;
  // A figure is of now at the latest: two clocks are never quite the same, and "in 1 sec." would be nonsense.
  const elapsedMs = isLive ? Math.min(at - serverNow(), 0) : at - serverNow();
  const [unit, ms] = UNITS.find(([, length]) => Math.abs(elapsedMs) >= length) ?? UNITS[3];
  time.textContent = relative.format(Math.trunc(elapsedMs / ms), unit);
  time.title = exact.format(at);
}

const showAll = () => document.querySelectorAll('time[data-relative]').forEach(show);
setInterval(showAll, 5000);
document.addEventListener('htmx:after:swap', showAll);
document.addEventListener('visibilitychange', showAll);
showAll();
