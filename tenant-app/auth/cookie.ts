import type { Request, Response } from 'express';

export type SessionCookie = {
  read(req: Request): string | undefined;
  set(res: Response, token: string, maxAgeSeconds: number): void;
  clear(res: Response): void;
};

/**
 * The cookie that carries a store's token. On https its `__Host-` name makes the browser insist on Secure, Path=/ and no
 * Domain, so that no sibling store can plant one. Plain http (a developer's machine) cannot have that name.
 */
export function createSessionCookie(isHttps: boolean): SessionCookie {
  const name = isHttps ? '__Host-bc_session' : 'bc_session';
  const options = { httpOnly: true, secure: isHttps, sameSite: 'lax', path: '/' } as const;
  const pattern = new RegExp(`(?:^|;\\s*)${name}=([^;]+)`);
  return {
    read: (req) => pattern.exec(req.get('cookie') ?? '')?.[1],
    set: (res, token, maxAgeSeconds) => void res.cookie(name, token, { ...options, maxAge: maxAgeSeconds * 1000 }),
    clear: (res) => void res.clearCookie(name, options),
  };
}
