/** Of what a request may send. */
export const bodyMaxBytes = 512 * 1024;
/** Of one part of an address, as it is after decoding. */
export const paramMaxLength = 1000;
