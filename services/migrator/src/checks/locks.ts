import { movingTask } from '../steps/guest-tasks.ts';
import { type Check, failed, passed, unknown } from './check.ts';

/** Nothing else is working on the guest. */
export const locks: Check = {
  name: 'locks',
  check: ({ vmid }, { guest, config, tasks, troubles }) => {
    const lock = config?.lock ?? guest?.lock;
    if (lock) return failed(`guest ${vmid} is locked (${lock})`);
    if (!config || !tasks) return unknown(`locks and tasks of ${vmid} could not be read: ${troubles.join('; ')}`);
    const moving = movingTask(tasks, vmid);
    return moving ? failed(`guest ${vmid} is being moved by task ${moving.upid}`) : passed('no active locks');
  },
};
