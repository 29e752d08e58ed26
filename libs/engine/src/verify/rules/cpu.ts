import { nodeLimit } from './node-limit.ts';

/** The vCPUs of guests there and guests arriving stay within what the overcommit allows. */
export const cpu = nodeLimit({
  name: 'cpu',
  summary: 'vCPUs: those of guests there and guests arriving stay within the limit of the node',
  atEnd: 'final-cpu',
  demand: ({ vcpusMilli }) => vcpusMilli,
  limit: ({ vcpuLimitMilli }) => vcpuLimitMilli,
  words: (used, limit) => `${used / 1000} of ${limit / 1000} vCPUs`,
});
