import { randomInt } from 'node:crypto';
import { ignoreBecause } from '#platform/errors.ts';

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane. Algorithm 2 is argon2id. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const MIN_PASSWORD_LENGTH = 10;
/** argon2 would take more, but nobody types it, and hashing megabytes is a way to keep us busy. */
const MAX_PASSWORD_LENGTH = 200;

/** The heads of public lists of stolen passwords that are long enough to pass, and what our own people would think of. */
const TOO_COMMON = new Set([
  '1234567890',
  '0123456789',
  '1q2w3e4r5t',
  'qwertyuiop',
  'asdfghjkl1',
  'password12',
  'password123',
  'password1234',
  'senha12345',
  'senha123456',
  'mudar12345',
  'brasil2026',
  'basecommerce',
  'basecommerce1',
  'administrator',
  'iloveyou123',
  'letmein1234',
  'welcome1234',
]);

export type PasswordProblem = 'too_short' | 'too_long' | 'too_common';

/** Why a new password will not do, or undefined when it will. No rules on kinds of characters: length is what helps. */
export function passwordProblem(password: string): PasswordProblem | undefined {
  if (password.length < MIN_PASSWORD_LENGTH) return 'too_short';
  if (password.length > MAX_PASSWORD_LENGTH) return 'too_long';
  const plain = password.toLowerCase();
  if (TOO_COMMON.has(plain) || new Set(plain).size < 4) return 'too_common';
  return undefined;
}

/** The argon2id hash of a password in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return oneAtATime(async () => (await argon2()).hash(password, ARGON2ID));
}

let decoy: Promise<string> | undefined;

/**
 * True when `password` belongs to `stored`. Without a stored hash (no such account) it does the same work and says
 * false, so that the time an answer takes does not tell which accounts exist.
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  if (password.length > MAX_PASSWORD_LENGTH) return false;
  decoy ??= hashPassword(generatePassword());
  const against = stored ?? (await decoy);
  const matches = await oneAtATime(async () => (await argon2()).verify(against, password));
  return stored !== undefined && matches;
}

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A one-time password of 78 random bits that can be read aloud: `k7mp-x2qd-9vwt-h4sn`. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

/** Loaded with the first password: native code of 3 MB, which the ops worker never needs and the others not at rest. */
const argon2 = () => import('@node-rs/argon2');

let last: Promise<unknown> = Promise.resolve();

/** One hash at a time: each holds 19 MiB, and a burst of sign-ins must not break the process' memory budget. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(ignoreBecause('its caller is told; the next in line must run all the same'));
  return result;
}
