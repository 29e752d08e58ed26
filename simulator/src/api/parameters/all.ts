import { ACCESS_PARAMETERS } from './access.ts';
import { CLUSTER_PARAMETERS } from './cluster.ts';
import { GUEST_PARAMETERS } from './guests.ts';
import { NODE_PARAMETERS } from './nodes.ts';
import type { Parameters } from './parameter.ts';

/** What every endpoint accepts, `METHOD template` -> parameters, those in the path included. Held against the official schema by schema.test.ts. */
export const PARAMETERS: Record<string, Parameters> = {
  ...ACCESS_PARAMETERS,
  ...CLUSTER_PARAMETERS,
  ...NODE_PARAMETERS,
  ...GUEST_PARAMETERS,
};
