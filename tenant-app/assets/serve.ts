import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import { NotFound } from '#platform/errors.ts';

export type Assets = {
  router: Router;
  /** The address of a file, changed by every change of the file, so that browsers may keep it for ever. */
  url: (name: string) => string;
};

const HOUR_MS = 60 * 60_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const SPRITE = fileURLToPath(new URL('../../views/shared/icons.svg', import.meta.url));

/** Serves a closed list of files, by name, below `prefix`: nothing else of the disk can be asked for. */
export function createAssets(prefix: string, files: Readonly<Record<string, string>>): Assets {
  const known = new Map(
    Object.entries(files).map(([name, location]) => {
      const path = fileURLToPath(location);
      return [name, { path, version: createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 10) }];
    }),
  );
  const router = Router();
  // Tags of icons cannot know a version: view-tags.ts is shared with the console.
  router.get('/icons.svg', (_req, res) => res.sendFile(SPRITE, { maxAge: HOUR_MS }));
  router.get('/:version/:name', (req, res) => {
    const file = known.get(req.params.name);
    if (!file) throw new NotFound();
    // A stale page may ask for an older version: it gets today's file, but must not keep it under that address.
    const isExact = req.params.version === file.version;
    res.sendFile(file.path, { maxAge: isExact ? YEAR_MS : 0, immutable: isExact, dotfiles: 'allow' });
  });
  return {
    router,
    url: (name) => {
      const file = known.get(name);
      if (!file) throw new TypeError(`There is no asset ${name}`);
      return `${prefix}/${file.version}/${name}`;
    },
  };
}

const own = (name: string) => new URL(name, import.meta.url).href;
const dependency = (specifier: string) => import.meta.resolve(specifier);

/** What the pages of a signed-in person load. */
export const APP_FILES = {
  'tabler.css': dependency('@tabler/core/dist/css/tabler.min.css'),
  'store.css': own('./store.css'),
  'theme.js': own('./theme.js'),
  'keys.js': own('./keys.js'),
  'favicon.svg': own('./favicon.svg'),
  'htmx.js': dependency('htmx.org/dist/htmx.min.js'),
} as const;

/** What the login page loads: small enough for a bad connection, and there even when the store's app is not. */
export const AUTH_FILES = {
  'bare.css': own('./bare.css'),
  'theme.js': own('./theme.js'),
  'favicon.svg': own('./favicon.svg'),
} as const;
