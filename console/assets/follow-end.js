// [data-follow-end]: a box that grows stays at its end, as long as its reader has not scrolled away from there.
const NEAR_PX = 32;
const leftBehind = new WeakSet();

const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_PX;

function follow() {
  for (const box of document.querySelectorAll('[data-follow-end]'))
    if (!leftBehind.has(box)) box.scrollTop = box.scrollHeight;
}

document.addEventListener(
  'scroll',
  ({ target }) => {
    if (!(target instanceof Element) || !target.matches('[data-follow-end]')) return;
    if (isAtEnd(target)) leftBehind.delete(target);
    else leftBehind.add(target);
  },
  true,
);
document.addEventListener('htmx:after:swap', follow);
follow();
