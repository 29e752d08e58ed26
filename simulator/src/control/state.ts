import { cpuRatio, memUsedBytes, usageAt } from '../cluster-usage.ts';
import type { Fault } from '../faults.ts';
import type { Guest } from '../guest.ts';
import { tagsOf } from '../guest-config.ts';
import { haStatusRows } from '../ha/status.ts';
import { isRunning } from '../placement.ts';
import type { World } from '../world.ts';

/** GET /state: the truth at this instant, not what pvestatd last said. */
export function stateOf(world: World) {
  const nowMs = Math.round(world.clock.nowMs());
  const usage = usageAt(world, nowMs);
  return {
    clock: {
      now_ms: nowMs,
      now: new Date(nowMs).toISOString(),
      speed: world.clock.speed,
      origin_ms: world.clock.originMs,
    },
    name: world.name,
    quorate: world.quorate,
    nodes: [...world.nodes.values()].map((node) => {
      const used = usage.nodes.get(node.name);
      return {
        name: node.name,
        status: node.downSinceMs !== null ? 'offline' : node.maintenance ? 'maintenance' : 'online',
        pve: node.pve,
        cores: node.cores,
        mem_bytes: node.memBytes,
        cpu: used ? cpuRatio(node, used) : 0,
        mem_used_bytes: used ? memUsedBytes(node, used) : 0,
        migration_streams: node.streams.size,
      };
    }),
    guests: [...world.guests.values()].map((guest) => ({
      vmid: guest.vmid,
      type: guest.type,
      name: guest.name,
      node: guest.node,
      status: isRunning(guest) ? 'running' : 'stopped',
      lock: guest.lock,
      uptime_s: usage.guests.get(guest.vmid)?.uptimeS ?? 0,
      cpu: usage.guests.get(guest.vmid)?.cpu ?? 0,
      mem_used_bytes: usage.guests.get(guest.vmid)?.memBytes ?? 0,
      tags: tagsOf(guest)?.split(';') ?? [],
      template: guest.template,
      pool: guest.pool,
      config: configOf(guest),
    })),
    tasks: [...world.tasks.values()].map((task) => ({
      upid: task.upid,
      node: task.node,
      type: task.type,
      id: task.id,
      user: task.tokenid === null ? task.user : `${task.user}!${task.tokenid}`,
      status: task.endMs === null ? 'running' : 'stopped',
      exitstatus: task.exitstatus,
      start_ms: task.startMs,
      end_ms: task.endMs,
      log_lines: task.log.length,
    })),
    ha: {
      services: [...world.ha.values()].map(({ sid, state, crmState, target }) => ({
        sid,
        state,
        crm_state: crmState,
        target,
      })),
      rules: world.rules.map((rule) => ({ ...rule, nodes: Object.fromEntries(rule.nodes) })),
      status: haStatusRows(world, [...world.nodes.values()][0]?.pve ?? '9.2'),
    },
    faults: [...world.faults.values()].map(faultView),
  };
}

/** A fault as the control API shows it: what was asked for, and what is left of it. */
export function faultView({ timesLeft, untilMs, lastS, ...fault }: Fault) {
  const asked = Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== null && value !== ''));
  return { ...asked, times_left: timesLeft, until_ms: untilMs, ...(fault.kind === 'rrd-gap' ? { last_s: lastS } : {}) };
}

function configOf(guest: Guest): Record<string, string | number> {
  return Object.fromEntries(guest.config);
}
