import { everyone, get, post, type Route } from '#platform/http/routes.ts';
import type { AuthContext } from './context.ts';
import { login, showLogin, submitLogin } from './login.ts';
import { showLogout, submitLogout } from './logout.ts';
import { me, showTheme, validate } from './session.ts';

/** All of it is for people who are not signed in yet, or who are about to leave. */
export const authRoutes: readonly Route<AuthContext>[] = [
  get('/auth/login', everyone, showLogin),
  post('/auth/login/form', everyone, submitLogin),
  post('/auth/login', everyone, login),
  get('/auth/logout', everyone, showLogout),
  post('/auth/logout', everyone, submitLogout),
  get('/auth/me', everyone, me),
  get('/auth/validate', everyone, validate),
  get('/auth/theme.css', everyone, showTheme),
];
