interface ErrorOptions {
  errors?: Record<string, string>;
  empty?: boolean;
  late?: boolean;
  afterMs?: number;
}

/** An answer other than 200. `message` becomes the reason phrase (its first line) and the body's `message`. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: Record<string, string> | null;
  /** Answers of the HTTP server itself, 401 and 59x, have no body at all. */
  readonly empty: boolean;
  /** A real 401: three real seconds late, against guessing. */
  readonly late: boolean;
  /** Virtual milliseconds before the answer goes out. */
  readonly afterMs: number;

  constructor(status: number, message: string, options: ErrorOptions = {}) {
    super(message);
    this.status = status;
    this.errors = options.errors ?? null;
    this.empty = options.empty ?? false;
    this.late = options.late ?? false;
    this.afterMs = options.afterMs ?? 0;
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

/** Neither of several ways was open: Proxmox does not say which. */
export function notAllowed(): never {
  throw new ApiError(403, 'Permission check failed');
}

/** Another node cannot be reached (595) or does not answer within 30 s (596). */
export function unreachable(status: 595 | 596, reason: string, afterMs = 0): never {
  throw new ApiError(status, reason, { empty: true, afterMs });
}

export function notImplemented(method: string, path: string): never {
  throw new ApiError(501, `Method '${method} ${path}' not implemented`);
}
