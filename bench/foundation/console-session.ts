import type { SpawnedPlatform } from '#tests/support/spawned-platform.ts';
import { createWebClient, expectStatus, type WebClient } from '../web-client.ts';

const OPERATOR = 'admin@localhost';
const PASSWORD = 'bench-password-of-an-operator';

/** Signs in as the operator of a fresh platform and changes the one-time password, as the first visit demands. */
export async function signInToConsole(platform: SpawnedPlatform): Promise<WebClient> {
  const client = createWebClient(platform.consoleUrl);
  const oneTime = platform.operatorPassword;
  if (oneTime === undefined) throw new Error('the platform was started before: its one-time password is not known');
  await client.get('/login');
  expectStatus(await client.post('/login', { email: OPERATOR, password: oneTime, next: '/' }), 303, 'signing in');
  await client.get('/password');
  const fields = { current: oneTime, password: PASSWORD, repeated: PASSWORD };
  expectStatus(await client.post('/password', fields), 303, 'changing the one-time password');
  return client;
}
