import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import * as applications from './applications/handlers.ts';
import { confirmPlan, planAction, showBulkPlan } from './bulk-actions/handlers.ts';
import { exportStores } from './directory/export.ts';
import { listStores } from './directory/handlers.ts';
import { editStore, saveStore } from './editing.ts';
import { followStore, showState, showStore } from './handlers.ts';
import { checkAddress, createStore, newStore, previewBranding, proposeAddress } from './onboarding.ts';
import { archive, confirmArchive, restore } from './archive/handlers.ts';
import { confirmDeletion, deleteStore } from './deletion/handlers.ts';
import { confirmRemoval, lookForProof, noteDomain, remove, showDomains } from './domains/handlers.ts';
import { listStoreJobs, showTimeline } from './history/handlers.ts';
import { savePlan, showPlan } from './plan/handlers.ts';
import { newRename, rename } from './renames/handlers.ts';
import { confirmSuspension, resume, suspend } from './suspensions/handlers.ts';
import { showUsage } from './usage/handlers.ts';
import {
  confirmDeactivation,
  deactivate,
  invitePerson,
  newPerson,
  reactivate,
  reset,
  showPeople,
  showPerson,
} from './users/handlers.ts';

/** `new` and the other words after /tenants/ are reserved slugs, so no store can hide behind these pages. */
export const tenantRoutes: Route<ConsoleContext>[] = [
  get('/tenants', role('viewer'), listStores),
  get('/tenants.csv', role('viewer'), exportStores),
  get('/tenants/new', role('operator'), newStore),
  get('/tenants/new/slug', role('operator'), proposeAddress),
  get('/tenants/new/slug-check', role('operator'), checkAddress),
  get('/tenants/new/preview', role('operator'), previewBranding),
  post('/tenants', role('operator'), createStore),
  get('/tenants/applications/new', role('operator'), applications.newApplication),
  get('/tenants/applications/examples/:format', role('operator'), applications.sendExample),
  post('/tenants/applications', role('operator'), applications.planFile),
  get('/tenants/applications/:id', role('operator'), applications.showApplication),
  get('/tenants/applications/:id/progress', role('operator'), applications.showApplicationProgress),
  get('/tenants/applications/:id/live', role('operator'), applications.followApplication),
  post('/tenants/applications/:id/confirmation', role('operator'), applications.confirm),
  post('/tenants/applications/:id/first-passwords', role('operator'), applications.issuePasswords),
  post('/tenants/bulk-actions', role('on_call'), planAction),
  get('/tenants/bulk-actions/:id', role('on_call'), showBulkPlan),
  post('/tenants/bulk-actions/:id/confirmation', role('on_call'), confirmPlan),
  get('/tenants/:slug', role('viewer'), showStore),
  get('/tenants/:slug/state', role('viewer'), showState),
  get('/tenants/:slug/live', role('viewer'), followStore),
  get('/tenants/:slug/edit', role('operator'), editStore),
  post('/tenants/:slug/edit', role('operator'), saveStore),
  get('/tenants/:slug/suspension', role('on_call'), confirmSuspension),
  post('/tenants/:slug/suspension', role('on_call'), suspend),
  post('/tenants/:slug/resumption', role('on_call'), resume),
  get('/tenants/:slug/renames/new', role('operator'), newRename),
  post('/tenants/:slug/renames', role('operator'), rename),
  get('/tenants/:slug/archive', role('operator'), confirmArchive),
  post('/tenants/:slug/archive', role('operator'), archive),
  post('/tenants/:slug/restoration', role('operator'), restore),
  get('/tenants/:slug/deletion', role('admin'), confirmDeletion),
  post('/tenants/:slug/deletion', role('admin'), deleteStore),
  get('/tenants/:slug/domains', role('viewer'), showDomains),
  post('/tenants/:slug/domains', role('operator'), noteDomain),
  post('/tenants/:slug/domains/:host/checks', role('operator'), lookForProof),
  get('/tenants/:slug/domains/:host/removal', role('operator'), confirmRemoval),
  post('/tenants/:slug/domains/:host/removal', role('operator'), remove),
  get('/tenants/:slug/people', role('viewer'), showPeople),
  get('/tenants/:slug/people/new', role('operator'), newPerson),
  post('/tenants/:slug/people', role('operator'), invitePerson),
  get('/tenants/:slug/people/:id', role('viewer'), showPerson),
  post('/tenants/:slug/people/:id/one-time-password', role('operator'), reset),
  get('/tenants/:slug/people/:id/deactivation', role('operator'), confirmDeactivation),
  post('/tenants/:slug/people/:id/deactivation', role('operator'), deactivate),
  post('/tenants/:slug/people/:id/reactivation', role('operator'), reactivate),
  get('/tenants/:slug/plan', role('viewer'), showPlan),
  post('/tenants/:slug/plan', role('operator'), savePlan),
  get('/tenants/:slug/usage', role('viewer'), showUsage),
  get('/tenants/:slug/jobs', role('viewer'), listStoreJobs),
  get('/tenants/:slug/timeline', role('viewer'), showTimeline),
];
