import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { listStores } from './directory/handlers.ts';
import { editStore, saveStore } from './editing.ts';
import { followStore, showState, showStore } from './handlers.ts';
import { checkAddress, createStore, newStore, previewBranding, proposeAddress } from './onboarding.ts';
import { confirmSuspension, resume, suspend } from './suspensions/handlers.ts';

/** `new` is a reserved slug, so no store can hide behind its pages. */
export const tenantRoutes: Route<ConsoleContext>[] = [
  get('/tenants', role('viewer'), listStores),
  get('/tenants/new', role('operator'), newStore),
  get('/tenants/new/slug', role('operator'), proposeAddress),
  get('/tenants/new/slug-check', role('operator'), checkAddress),
  get('/tenants/new/preview', role('operator'), previewBranding),
  post('/tenants', role('operator'), createStore),
  get('/tenants/:slug', role('viewer'), showStore),
  get('/tenants/:slug/state', role('viewer'), showState),
  get('/tenants/:slug/live', role('viewer'), followStore),
  get('/tenants/:slug/edit', role('operator'), editStore),
  post('/tenants/:slug/edit', role('operator'), saveStore),
  get('/tenants/:slug/suspension', role('on_call'), confirmSuspension),
  post('/tenants/:slug/suspension', role('on_call'), suspend),
  post('/tenants/:slug/resumption', role('on_call'), resume),
];
