// In a list ([data-rows]): j and k go from row to row, x picks the row, Enter opens it as a link does by itself. n goes
// to [data-key-new]. Not while somebody is typing.
const isTyping = (element) => element.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]');

function step(by) {
  const links = [...document.querySelectorAll('[data-rows] [data-row-link]')];
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => link.closest('tr') === row);
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement?.closest('tr')?.querySelector('[data-pick]')?.click(),
  n: () => document.querySelector('[data-key-new]')?.click(),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  KEYS[event.key]?.();
});
