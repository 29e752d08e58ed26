import { z } from 'zod';
import { flag, list, text, textOrNull } from './values.ts';

const NetworkInterface = z
  .object({ iface: text, type: text, active: flag, cidr: textOrNull, bridge_ports: list, bridge_vlan_aware: flag })
  .transform((row) => ({
    name: row.iface,
    /** `bridge`, `OVSBridge`, `vnet`, `bond`, `eth`, … */
    type: row.type,
    active: row.active,
    cidr: row.cidr,
    ports: row.bridge_ports,
    vlanAware: row.bridge_vlan_aware,
  }));
export type NetworkInterface = z.infer<typeof NetworkInterface>;
/** `GET /nodes/{node}/network`. */
export const NetworkInterfaces = z.array(NetworkInterface);
