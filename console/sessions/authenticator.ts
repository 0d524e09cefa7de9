import type { Request, RequestHandler, Response } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { findActiveOperator, signIn, type Operator } from '#domain/operators/index.ts';
import type { ConsoleParts, createContextFactory } from '#console/context.ts';

declare global {
  namespace Express {
    // passport calls whoever is signed in `req.user`; here that is an operator.
    interface User extends Operator {}
  }
}

export type Authenticator = {
  /** Finds out whose session a request belongs to. */
  middleware: RequestHandler[];
  /** The operator whose e-mail and password were posted, or undefined. Throws RateLimited. */
  checkPassword(req: Request, res: Response): Promise<Operator | undefined>;
};

/** Sign-in by e-mail and password. The session keeps the operator's id alone: roles are read anew for each request. */
export function createAuthenticator(
  parts: ConsoleParts,
  contextFor: ReturnType<typeof createContextFactory>,
): Authenticator {
  const instance = new passport.Passport();

  const verify = async (req: Request, email: string, password: string): Promise<Operator | false> => {
    // A field sent twice arrives as a list.
    if (typeof email !== 'string' || typeof password !== 'string') return false;
    const address = req.ip ?? 'unknown';
    const actor = { kind: 'system', label: 'sign-in', ip: address } as const;
    const ctx = contextFor(req.res!.locals.requestId as string, { actor, role: undefined });
    await ctx.throttle.attempt(email, address);
    const operator = await signIn(ctx, { email, password });
    if (operator) await ctx.throttle.forgive(email, address);
    // Without the e-mail: people type passwords into the wrong field.
    else parts.log.info({ address }, 'a sign-in was refused');
    return operator ?? false;
  };

  instance.use(
    new LocalStrategy({ usernameField: 'email', passReqToCallback: true }, (req, email, password, done) => {
      verify(req, email, password).then((operator) => done(null, operator), done);
    }),
  );
  instance.serializeUser((operator, done) => done(null, operator.id));
  instance.deserializeUser((id: string, done) => {
    findActiveOperator(parts.database, id).then((operator) => done(null, operator ?? false), done);
  });

  return {
    middleware: [instance.initialize(), instance.session()],
    checkPassword: (req, res) =>
      new Promise((resolve, reject) => {
        const settle = (error: unknown, operator?: Operator | false) =>
          error ? reject(error) : resolve(operator || undefined);
        (instance.authenticate('local', settle) as RequestHandler)(req, res, settle);
      }),
  };
}
