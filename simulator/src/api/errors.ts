/** An answer other than 200. `message` becomes the reason phrase (its first line) and the body's `message`. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: Record<string, string> | null;
  /** 401 and 59x answers have no body at all. */
  readonly empty: boolean;

  constructor(status: number, message: string, options: { errors?: Record<string, string>; empty?: boolean } = {}) {
    super(message);
    this.status = status;
    this.errors = options.errors ?? null;
    this.empty = options.empty ?? false;
  }
}

/** A plain `die` of the Perl code: always 500, never 404, 409 or 423. */
export function die(message: string): never {
  throw new ApiError(500, message);
}

export function wrongParameters(errors: Record<string, string>): never {
  throw new ApiError(400, 'Parameter verification failed.', { errors });
}

export function forbidden(path: string, privileges: string[]): never {
  throw new ApiError(403, `Permission check failed (${path}, ${privileges.join('|')})`);
}

export function unreachable(reason: string): never {
  throw new ApiError(595, reason, { empty: true });
}

export function notImplemented(method: string, path: string): never {
  throw new ApiError(501, `Method '${method} ${path}' not implemented`);
}
