import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isMissing } from './missing-file.ts';
import { DB_ROLES, type RolePasswords } from './roles.ts';

export type Secrets = {
  database: RolePasswords;
  redis: string;
  /** Signs the operators' session cookies. */
  consoleKey: string;
  /** Signs the store users' tokens: auth and app share it. */
  storeKey: string;
  /** Lets the app believe the headers the edge and auth set. */
  edgeAuth: string;
  /** The demo store's first admin, so that every start can print it. */
  demoPassword: string;
};

/** The stack's secrets: made at the first start, the same ever after. The file is for its owner alone. */
export async function loadSecrets(file: string): Promise<Secrets> {
  const kept = await readFile(file, 'utf8').catch(isMissing);
  if (kept !== undefined) return JSON.parse(kept) as Secrets;
  const secrets = newSecrets();
  await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}

export function newSecrets(): Secrets {
  return {
    database: newRolePasswords(),
    redis: randomText(),
    consoleKey: randomText(),
    storeKey: randomText(),
    edgeAuth: randomText(),
    demoPassword: randomBytes(9).toString('base64url'),
  };
}

export function newRolePasswords(): RolePasswords {
  const entries = ['postgres', ...DB_ROLES].map((role) => [role, randomText()]);
  return Object.fromEntries(entries) as RolePasswords;
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}
