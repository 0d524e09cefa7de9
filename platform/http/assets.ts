import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Express, Request, Response } from 'express';
import { NotFound } from '#platform/errors.ts';

const MODULES = new URL('../../node_modules/', import.meta.url);
const SPRITE = new URL('../../views/shared/icons.svg', import.meta.url);
const THEME = new URL('../../views/shared/theme.js', import.meta.url);

/** What the pages use of other people's work, served from our own address: nothing is fetched from anywhere else. */
const VENDOR: Record<string, URL> = {
  'tabler.css': new URL('@tabler/core/dist/css/tabler.min.css', MODULES),
  'tabler.js': new URL('@tabler/core/dist/js/tabler.min.js', MODULES),
  'htmx.js': new URL('htmx.org/dist/htmx.min.js', MODULES),
  'hx-sse.js': new URL('htmx.org/dist/ext/hx-sse.min.js', MODULES),
  'uplot.js': new URL('uplot/dist/uPlot.iife.min.js', MODULES),
  'uplot.css': new URL('uplot/dist/uPlot.min.css', MODULES),
};

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const FOREVER = 'public, max-age=31536000, immutable';
const BRIEFLY = 'public, max-age=300';

/**
 * Serves the files of `directory`, the shared and the vendored ones under `<prefix>/<version>/<name>`, and the icon sprite. The version
 * is a hash of all contents, so a browser may keep a file for ever and still never sees an old one. Templates write
 * `asset('console.css')`, which throws on a name that does not exist.
 */
export function mountAssets(app: Express, directory: URL, prefix = '/assets'): void {
  const files = new Map(Object.entries({ ...VENDOR, 'theme.js': THEME, ...filesOf(directory) }));
  const version = versionOf([...files.values()]);
  app.locals.asset = (name: string) => {
    if (!files.has(name)) throw new TypeError(`There is no asset ${name}`);
    return `${prefix}/${version}/${name}`;
  };
  const send = createSender();
  app.get(`${prefix}/icons.svg`, (req, res) => send(req, res, SPRITE, BRIEFLY));
  app.get(`${prefix}/:version/:name`, (req: Request<{ version: string; name: string }>, res) => {
    const file = files.get(req.params.name);
    if (file === undefined) throw new NotFound();
    // A page of the version before, still open during a deployment, gets the file but must not keep it.
    send(req, res, file, req.params.version === version ? FOREVER : BRIEFLY);
  });
}

function filesOf(directory: URL): Record<string, URL> {
  const names = readdirSync(directory).filter((name) => extname(name) in TYPES);
  return Object.fromEntries(names.map((name) => [name, new URL(name, directory)]));
}

function versionOf(files: URL[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 10);
}

/** Packs a file when it is first asked for and keeps it packed: the largest is 770 KB as it is and 90 KB packed. */
function createSender() {
  const packed = new Map<string, Buffer>();
  return (req: Request, res: Response, file: URL, cacheControl: string) => {
    const path = fileURLToPath(file);
    res.set({ 'Cache-Control': cacheControl, 'Content-Type': TYPES[extname(path)], Vary: 'Accept-Encoding' });
    if (!req.acceptsEncodings('gzip')) {
      res.send(readFileSync(file));
      return;
    }
    const body = packed.get(path) ?? gzipSync(readFileSync(file));
    packed.set(path, body);
    res.set('Content-Encoding', 'gzip').send(body);
  };
}
