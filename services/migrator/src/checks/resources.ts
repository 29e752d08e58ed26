import { type Check, failed, passed, unknown } from './check.ts';

const memLimit = 0.95;
const cpuLimit = 0.9;

/** The target after the move: memory by the guest's allocation, or its use where that is more, CPU by its present use. */
export const resources: Check = {
  name: 'resources',
  check: ({ vmid, target_node }, view) => {
    const target = view.resources.nodes.find((node) => node.name === target_node);
    if (!target) return failed(`no node ${target_node} in the cluster`);
    const { guest } = view;
    if (!guest) return failed(`guest ${vmid} does not exist`);
    if (target.memUsedBytes === null || !target.memTotalBytes || target.cpuRatio === null || !target.threads) {
      return unknown(`load of ${target_node} could not be read`);
    }
    if (guest.memTotalBytes === null) return unknown(`memory of guest ${vmid} could not be read`);
    const running = guest.status === 'running';
    const claim = running ? Math.max(guest.memTotalBytes, guest.memUsedBytes ?? 0) : 0;
    const mem = (target.memUsedBytes + claim) / target.memTotalBytes;
    if (running && (guest.cpuRatio === null || guest.vcpus === null))
      return unknown(`load of guest ${vmid} could not be read`);
    const load = running ? (guest.cpuRatio ?? 0) * (guest.vcpus ?? 0) : 0;
    const cpu = target.cpuRatio + load / target.threads;
    const after = `${target_node} would have ${percent(mem)} memory and ${percent(cpu)} CPU in use`;
    if (mem > memLimit) return failed(`${after}; memory may reach ${percent(memLimit)}`);
    if (cpu > cpuLimit) return failed(`${after}; CPU may reach ${percent(cpuLimit)}`);
    return passed(after);
  },
};

const percent = (ratio: number): string => `${Math.round(100 * ratio)} %`;
