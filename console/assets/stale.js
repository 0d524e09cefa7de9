// [data-as-of][data-every]: a figure older than three of its refreshes gets a stripe and says since when.
import { serverNow } from './server-clock.js';

const clockTime = new Intl.DateTimeFormat(document.body.dataset.locale ?? 'en', { timeStyle: 'medium' });

function check(element) {
  const asOf = Date.parse(element.dataset.asOf);
  const isStale = serverNow() - asOf > Number(element.dataset.every) * 3000;
  if (isStale === element.classList.contains('is-stale')) return;
  element.classList.toggle('is-stale', isStale);
  if (isStale) element.textContent = `${element.dataset.stale} ${clockTime.format(asOf)}`;
}

const checkAll = () => document.querySelectorAll('[data-as-of]').forEach(check);
setInterval(checkAll, 1000);
document.addEventListener('htmx:after:swap', checkAll);
