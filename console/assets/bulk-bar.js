// [data-bulk]: the bar that does something with picked rows shows itself once a row is picked, and counts. Boxes of rows are
// [data-pick]; [data-pick-shown] picks all that are on the page, [data-bulk-all] all that match, shown or not.
const rows = () => [...document.querySelectorAll('[data-pick]')];

function update() {
  const bar = document.querySelector('[data-bulk]');
  if (!bar) return;
  const all = bar.querySelector('[data-bulk-all]');
  const boxes = rows();
  for (const box of boxes) box.disabled = all.checked;
  const picked = boxes.filter((box) => box.checked).length;
  bar.hidden = picked === 0 && !all.checked;
  bar.querySelector('[data-bulk-picked]').hidden = all.checked;
  bar.querySelector('[data-bulk-count]').textContent = picked.toLocaleString(document.body.dataset.locale);
  const head = document.querySelector('[data-pick-shown]');
  if (!head) return;
  head.hidden = false;
  head.checked = picked > 0 && picked === boxes.length;
  head.indeterminate = picked > 0 && picked < boxes.length;
}

document.addEventListener('change', ({ target }) => {
  if (target.matches('[data-pick-shown]')) for (const box of rows()) box.checked = target.checked;
  if (target.matches('[data-pick], [data-pick-shown], [data-bulk-all]')) update();
});
document.addEventListener('htmx:after:swap', update);
// The back button brings boxes back as they were left.
addEventListener('pageshow', update);
update();
