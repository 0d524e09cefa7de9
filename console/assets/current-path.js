// [data-current-path]: where to come back to after a preference was changed.
document.addEventListener('submit', ({ target }) => {
  const field = target.querySelector('[data-current-path]');
  if (field) field.value = location.pathname + location.search;
});
