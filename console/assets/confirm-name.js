// [data-confirm-name]: the button of a dangerous action wakes up when the name was typed. The server checks it again.
function update(area) {
  const typed = area.querySelector('input[name="confirmation"]')?.value.trim();
  const button = area.querySelector('[data-confirm-submit]');
  if (button) button.disabled = typed !== area.dataset.confirmName;
}

const updateAll = () => document.querySelectorAll('[data-confirm-name]').forEach(update);
document.addEventListener('input', ({ target }) => {
  const area = target.closest('[data-confirm-name]');
  if (area) update(area);
});
document.addEventListener('htmx:after:swap', updateAll);
updateAll();
