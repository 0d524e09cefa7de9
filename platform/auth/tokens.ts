import { createHash } from 'node:crypto';
// By their own addresses: the whole of jose costs each process twice the memory.
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { z } from 'zod';
import { NotAuthenticated } from '#platform/errors.ts';

const ISSUER = 'basecommerce';
const AUDIENCE = 'basecommerce';
const ALGORITHM = 'HS256';

const claimsSchema = z.object({
  sub: z.uuid(),
  tenant_id: z.uuid(),
  email: z.string(),
  role: z.string(),
  /** Id of the session row that can be revoked. */
  jti: z.uuid(),
  /** Slug of the store it was given for; it must equal that of the host it is used on. */
  tslug: z.string(),
  /** Version of the person's tokens; older ones than the person's row says are dead. */
  ver: z.number().int(),
  /** Seconds since 1970. */
  iat: z.number().int(),
  exp: z.number().int(),
});

export type TokenClaims = z.output<typeof claimsSchema>;

export type TokenKeys = {
  sign(claims: TokenClaims): Promise<string>;
  /**
   * The claims of a token that we signed and that is still good at `now`. Throws NotAuthenticated (`invalid_token`) for
   * anything else, and never says what was wrong with it.
   */
  verify(token: string, now: Date): Promise<TokenClaims>;
};

/**
 * Signs with the current secret and accepts the previous one too, so that changing the secret signs nobody out. The
 * algorithm is pinned: a token cannot choose how it is checked.
 */
export function createTokenKeys(secrets: { current: string; previous?: string | undefined }): TokenKeys {
  const ring = [secrets.current, secrets.previous].filter((secret) => secret !== undefined).map(toKey);
  const [current] = ring as [Key, ...Key[]];
  const keys = new Map(ring.map((key) => [key.id, key.bytes]));
  return {
    sign: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid: current.id })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .sign(current.bytes),
    async verify(token, now) {
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keyOf(keys, kid), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          currentDate: now,
        });
        return claimsSchema.parse(payload);
      } catch (error) {
        throw new NotAuthenticated('invalid_token', 'Sign in to go on.', { cause: error });
      }
    },
  };
}

type Key = { id: string; bytes: Uint8Array };

/** The id tells keys apart without saying anything about them. */
function toKey(secret: string): Key {
  const id = createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 10);
  return { id, bytes: Buffer.from(secret) };
}

function keyOf(keys: ReadonlyMap<string, Uint8Array>, kid: string | undefined): Uint8Array {
  const key = keys.get(kid ?? '');
  if (!key) throw new TypeError('signed with a key we do not hold');
  return key;
}
