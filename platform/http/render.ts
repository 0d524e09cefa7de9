import { fileURLToPath } from 'node:url';
import type { Express, Request, Response } from 'express';
import { csrfField, icon } from './view-tags.ts';

const VIEWS = fileURLToPath(new URL('../../views/', import.meta.url));

/** Points an app at the templates. `layout` (such as `layouts/console`) wraps every page that is not an htmx partial. */
export function configureViews(app: Express, layout: string): void {
  app.set('view engine', 'ejs');
  app.set('views', VIEWS);
  app.locals.layout = layout;
  app.locals.icon = icon;
  app.locals.csrfField = csrfField;
}

/**
 * True when htmx asks for a piece of a page. A boosted link sends HX-Request too but swaps the whole body, so only this
 * header tells the two apart (htmx 4).
 */
export function isPartial(req: Request): boolean {
  return req.get('HX-Request-Type') === 'partial';
}

type PageLocals = { title: string } & Record<string, unknown>;

/** Renders a page: its content alone for an htmx partial, inside the app's layout otherwise. Same template either way. */
export async function renderPage(
  req: Request,
  res: Response,
  view: string,
  locals: PageLocals,
  status = 200,
): Promise<void> {
  res.status(status).vary('HX-Request-Type');
  const body = await render(res, view, locals);
  if (isPartial(req)) {
    res.send(body);
    return;
  }
  // A middleware may choose another frame for this request: nobody is signed in yet.
  const layout = (res.locals.layout ?? req.app.locals.layout) as string;
  res.send(await render(res, layout, { ...locals, body }));
}

/** Renders a piece: a `_partial` drawn again after a change, or a `.swap` that names several targets. */
export async function renderPartial(
  res: Response,
  view: string,
  locals: Record<string, unknown>,
  status = 200,
): Promise<void> {
  res.status(status).send(await render(res, view, locals));
}

/** Renders a template to text, for event streams. */
export function render(res: Response, view: string, locals: object): Promise<string> {
  return new Promise((resolve, reject) => {
    res.render(view, locals, (error: Error | null, html: string) => (error ? reject(error) : resolve(html)));
  });
}

/** After a form was accepted: the browser goes to `url` with a GET; htmx is told to do the same with a full page. */
export function redirectAfterPost(req: Request, res: Response, url: string): void {
  if (isPartial(req)) res.set('HX-Location', url).status(204).end();
  else res.redirect(303, url);
}
