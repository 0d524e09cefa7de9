// The behaviours of every page. Each is bound by a data attribute, so pieces that arrive later need no set-up.
import './bulk-bar.js';
import './confirm-name.js';
import './copy.js';
import './current-path.js';
import './focus-search.js';
import './follow-end.js';
import './fresh-figures.js';
import './list-keys.js';
import './reconnect-bar.js';
import './relative-times.js';
import './stale.js';
