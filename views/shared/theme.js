// Loaded before the first paint: "auto" follows the device without a flash of the wrong colours, and keeps following it.
const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

function follow() {
  if (root.dataset.themeChoice === 'auto') root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
}

follow();
dark.addEventListener('change', follow);
