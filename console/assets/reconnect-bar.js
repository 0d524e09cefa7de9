// While an event stream is down: a thin bar, and every 10 s the page asks for itself what the stream would have said.
// An element with hx-sse:connect names that address in data-poll and swaps the answer into itself.
const POLL_MS = 10_000;
const lost = new Map();

function render() {
  const bar = document.getElementById('reconnect');
  if (bar) bar.hidden = lost.size === 0;
}

function poll(element) {
  const { poll: url } = element.dataset;
  if (url) globalThis.htmx.ajax('GET', url, { source: element, target: element, swap: 'innerMorph' });
}

function onLost({ target }) {
  if (lost.has(target)) return;
  lost.set(
    target,
    setInterval(() => (target.isConnected ? poll(target) : onBack({ target })), POLL_MS),
  );
  render();
}

function onBack({ target }) {
  clearInterval(lost.get(target));
  lost.delete(target);
  render();
}

document.addEventListener('htmx:sse:error', onLost);
document.addEventListener('htmx:sse:after:connection', onBack);
document.addEventListener('htmx:sse:close', onBack);
