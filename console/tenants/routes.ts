import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { confirmPlan, planAction, showPlan } from './bulk-actions/handlers.ts';
import { exportStores } from './directory/export.ts';
import { listStores } from './directory/handlers.ts';
import { editStore, saveStore } from './editing.ts';
import { followStore, showState, showStore } from './handlers.ts';
import { checkAddress, createStore, newStore, previewBranding, proposeAddress } from './onboarding.ts';
import { confirmSuspension, resume, suspend } from './suspensions/handlers.ts';

/** `new` and the other words after /tenants/ are reserved slugs, so no store can hide behind these pages. */
export const tenantRoutes: Route<ConsoleContext>[] = [
  get('/tenants', role('viewer'), listStores),
  get('/tenants.csv', role('viewer'), exportStores),
  get('/tenants/new', role('operator'), newStore),
  get('/tenants/new/slug', role('operator'), proposeAddress),
  get('/tenants/new/slug-check', role('operator'), checkAddress),
  get('/tenants/new/preview', role('operator'), previewBranding),
  post('/tenants', role('operator'), createStore),
  post('/tenants/bulk-actions', role('on_call'), planAction),
  get('/tenants/bulk-actions/:id', role('on_call'), showPlan),
  post('/tenants/bulk-actions/:id/confirmation', role('on_call'), confirmPlan),
  get('/tenants/:slug', role('viewer'), showStore),
  get('/tenants/:slug/state', role('viewer'), showState),
  get('/tenants/:slug/live', role('viewer'), followStore),
  get('/tenants/:slug/edit', role('operator'), editStore),
  post('/tenants/:slug/edit', role('operator'), saveStore),
  get('/tenants/:slug/suspension', role('on_call'), confirmSuspension),
  post('/tenants/:slug/suspension', role('on_call'), suspend),
  post('/tenants/:slug/resumption', role('on_call'), resume),
];
