// A search whose results are buttons: the arrow keys walk from the input through them and back. Enter needs no script, the
// first button is the form's own default.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const picker = event.target.closest('[data-picker]');
  const search = picker?.querySelector('input[name="q"]');
  if (!search) return;
  const stops = [search, ...picker.querySelectorAll('.counter-results button')];
  const at = stops.indexOf(event.target);
  if (at < 0) return;
  event.preventDefault();
  stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
});
