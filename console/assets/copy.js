// [data-copy="#id"]: copies the text of that element and says so for a moment.
const SAY_MS = 1500;

async function copy(target) {
  const button = target.closest('[data-copy]');
  const source = button && document.querySelector(button.dataset.copy);
  if (!source) return;
  await navigator.clipboard.writeText(source.textContent.trim());
  const label = button.querySelector('[data-copy-label]');
  if (!label || label.dataset.before) return;
  label.dataset.before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => {
    label.textContent = label.dataset.before;
    delete label.dataset.before;
  }, SAY_MS);
}

document.addEventListener('click', ({ target }) => void copy(target));
