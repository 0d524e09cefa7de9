/** What a field of a form or a JSON body got wrong: `path` names the field, `message` says what to type instead. */
export type FieldError = { path: string; code: string; message: string };

type ErrorOptions = {
  cause?: unknown;
  fields?: FieldError[];
  retryAfterSeconds?: number;
  /** More that a client may know, such as the id of what stands in the way: members of the problem document. */
  members?: Record<string, unknown>;
};

/**
 * An error whose meaning a client may know. One subclass per HTTP meaning; a feature adds *codes*, never classes.
 * `code` is stable snake_case, `message` is safe to show. Anything that is not an AppError is shown as an id only.
 */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly members: Record<string, unknown>;

  constructor(status: number, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.members = options.members ?? {};
  }
}

/** 400: the request could not be read at all (bad JSON, bad cursor). */
export class MalformedRequest extends AppError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(400, code, message, options);
  }
}

export class NotAuthenticated extends AppError {
  constructor(code = 'not_authenticated', message = 'Sign in to go on.', options?: ErrorOptions) {
    super(401, code, message, options);
  }
}

export class NotPermitted extends AppError {
  constructor(code = 'not_permitted', message = 'Your role does not allow this.', options?: ErrorOptions) {
    super(403, code, message, options);
  }
}

export class NotFound extends AppError {
  constructor(code = 'not_found', message = 'There is nothing at this address.', options?: ErrorOptions) {
    super(404, code, message, options);
  }
}

export class Conflict extends AppError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(409, code, message, options);
  }
}

/** 412: the caller named the version it saw (`If-Match`), and that is no longer the one there is. */
export class PreconditionFailed extends AppError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(412, code, message, options);
  }
}

/** 422: readable, but a rule refuses it. `fields` names each field at fault. */
export class InvalidInput extends AppError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(422, code, message, options);
  }
}

export class RateLimited extends AppError {
  constructor(retryAfterSeconds: number, message = 'Too many tries. Wait, then try again.') {
    super(429, 'rate_limited', message, { retryAfterSeconds });
  }
}

/** 502: a machine we depend on answered, and the answer was a refusal or nonsense. */
export class UpstreamFailed extends AppError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(502, code, message, options);
  }
}

/** 503: a machine we depend on did not answer. */
export class Unavailable extends AppError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(503, code, message, options);
  }
}

/** Closes a switch over a union: adding a member makes the type checker point here. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected value ${JSON.stringify(value)}`);
}

/** Swallows an error on purpose. The reason is read by people only, which is why it must be given. */
export function ignoreBecause(_reason: string): (error: unknown) => void {
  return () => undefined;
}

/** The error itself when it is one, else an Error made of whatever was thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
