// What the edge says when the app is away is a page of its own, and must not end up inside ours: the screen keeps what it
// shows and says that the answer is missing. Answers of the app itself name their target and go their way.
const TOO_MANY = 429;
const SERVER_ERROR = 500;
const flash = document.getElementById('flash');

function isFromEdge({ status, headers }) {
  return (status === TOO_MANY || status >= SERVER_ERROR) && !headers.has('HX-Retarget');
}

function sayUnreachable() {
  const words = document.createElement('p');
  words.className = 'alert alert-warning';
  words.dataset.unreachable = '';
  words.textContent = flash.dataset.words;
  flash.replaceChildren(words);
}

document.addEventListener('htmx:after:request', (event) => {
  if (isFromEdge(event.detail.ctx.response)) {
    event.preventDefault();
    sayUnreachable();
  } else flash.querySelector('[data-unreachable]')?.remove();
});
document.addEventListener('htmx:error', sayUnreachable);
