/** A node, guest or fault that is not there: 404. */
export class NotFoundError extends Error {}
