import { get, post, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { signedIn } from '#tenant-app/guards.ts';
import { changeOwnPassword, savePreferences, showPassword, showPreferences } from './handlers.ts';

/** What belongs to the person, not to the role. */
export const settingsRoutes: readonly Route<RequestContext>[] = [
  get('/web/settings/preferences', signedIn, showPreferences),
  post('/web/settings/preferences', signedIn, savePreferences),
  get('/web/settings/password', signedIn, showPassword),
  post('/web/settings/password', signedIn, changeOwnPassword),
];
