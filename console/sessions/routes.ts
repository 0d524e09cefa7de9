import { everyone, get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { signedIn } from '#console/guards.ts';
import type { Authenticator } from './authenticator.ts';
import { createLogin, destroySession, showLogin } from './handlers.ts';
import { savePassword, showPassword } from './password.ts';
import { savePreferences } from './preferences.ts';
import { saveProfile, showProfile } from './profile.ts';

export const LOGIN_PATH = '/login';

export function sessionRoutes(authenticator: Authenticator): Route<ConsoleContext>[] {
  return [
    get(LOGIN_PATH, everyone, showLogin),
    post(LOGIN_PATH, everyone, createLogin(authenticator)),
    post('/logout', signedIn, destroySession),
    get('/password', signedIn, showPassword),
    post('/password', signedIn, savePassword),
    get('/profile', signedIn, showProfile),
    post('/profile', signedIn, saveProfile),
    post('/preferences', everyone, savePreferences),
  ];
}
