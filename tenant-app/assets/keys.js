// Keys of a person who has a customer in front of them. `/` goes to the search; Ctrl+Enter or Alt+N press what a page
// marks with data-key. Keys typed into a field stay in the field.
const isTyping = (target) => target.closest('input, textarea, select, [contenteditable]') !== null;

document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !isTyping(event.target)) {
    const search = document.querySelector('[data-search]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    return;
  }
  if (event.altKey || event.ctrlKey) {
    const combination = `${event.ctrlKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${event.key.toLowerCase()}`;
    const wanted = document.querySelector(`[data-key="${CSS.escape(combination)}"]`);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  }
});

// An open menu closes when one clicks or tabs elsewhere, or presses Escape.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll('details.store-account[open]'))
    if (!menu.contains(except)) menu.removeAttribute('open');
};
document.addEventListener('click', (event) => closeMenus(event.target));
document.addEventListener('focusin', (event) => closeMenus(event.target));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeMenus(null);
});
