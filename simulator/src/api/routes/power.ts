import { powerRefusal, startPower } from '../../guest-power.ts';
import { die } from '../errors.ts';
import { guestAt } from '../guest-at.ts';
import { demand, onNode, type Route, route } from '../route.ts';
import { requireQuorum } from './cluster.ts';

const ACTIONS = ['start', 'stop', 'shutdown', 'reboot'] as const;

/** Power actions of both kinds of guest; the answer is the UPID of the worker. */
export const powerRoutes: Route[] = (['qemu', 'lxc'] as const).flatMap((type) =>
  ACTIONS.map((action) =>
    onNode(
      route('POST', `/nodes/{node}/${type}/{vmid}/status/${action}`, demand('/vms/{vmid}', 'VM.PowerMgmt'), (call) => {
        requireQuorum(call.world);
        const guest = guestAt(call, type);
        const refusal = powerRefusal(guest, action);
        if (refusal) die(refusal);
        return { data: startPower(call.world, guest, action, call.who.id) };
      }),
    ),
  ),
);
