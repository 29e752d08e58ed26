import { describe, expect, test } from 'vitest';
import { ask, rowsOf } from '../../test/ask.ts';
import { guest, guestIn, smallWorld } from '../../test/small-cluster.ts';
import type { Task } from '../tasks.ts';
import type { World } from '../world.ts';

const ha = (vmid: number, more: object = {}) => guest(vmid, { ha: 'started', ...more });

function request(world: World, vmid: number, target: string): Task {
  const upid = String(ask(world, 'POST', `/nodes/pve1/qemu/${vmid}/migrate`, { target, online: 1 }).data);
  return world.tasks.get(upid) as Task;
}

function realTasks(world: World): Task[] {
  return [...world.tasks.values()].filter((task) => task.type === 'qmigrate');
}

function realTask(world: World, type = 'qmigrate'): Task | undefined {
  return [...world.tasks.values()].find((task) => task.type === type);
}

describe('a migration of a guest under HA', () => {
  test('is a wish that is over in a second; the real one begins 9 to 16 s later as root', () => {
    const world = smallWorld();
    const wish = request(world, 103, 'pve2');
    expect(wish.type).toBe('hamigrate');
    world.clock.advance(1);
    expect([wish.exitstatus, wish.log]).toEqual(['OK', ['Requesting HA migration for VM 103 to node pve2', 'TASK OK']]);
    world.clock.advance(7);
    expect(realTask(world)).toBeUndefined();
    world.clock.advance(60);
    const real = realTask(world);
    const delayS = ((real?.startMs ?? 0) - wish.startMs) / 1000;
    expect(delayS).toBeGreaterThanOrEqual(9);
    expect(delayS).toBeLessThanOrEqual(16.1);
    expect(real).toMatchObject({ user: 'root@pam', node: 'pve1', exitstatus: 'OK' });
    expect(real?.log[0]).toBe('task started by HA resource agent');
    expect(guestIn(world, 103).node).toBe('pve2');
    expect(world.ha.get('vm:103')?.crmState).toBe('started');
  });

  test('shows as state migrate with its target while it lasts', () => {
    const world = smallWorld();
    request(world, 103, 'pve2');
    world.clock.advance(12);
    const manager = ask(world, 'GET', '/cluster/ha/status/manager_status').data as {
      manager_status: { service_status: object };
    };
    expect(manager.manager_status.service_status).toMatchObject({
      'vm:103': { state: 'migrate', target: 'pve2', node: 'pve1' },
    });
    expect(rowsOf(ask(world, 'GET', '/cluster/resources?type=vm')).find((row) => row.vmid === 103)?.hastate).toBe(
      'migrate',
    );
  });

  test('is refused in the task when a keep-apart partner is on the target (9), and silently dropped on 8', () => {
    const rules = {
      ha_rules: [{ rule: 'apart', type: 'resource-affinity', affinity: 'negative', resources: 'vm:103,vm:104' }],
    };
    const nine = smallWorld(rules);
    const refused = request(nine, 103, 'pve2');
    nine.clock.advance(60);
    expect(refused.log).toEqual([
      'Requesting HA migration for VM 103 to node pve2',
      "cannot migrate resource 'vm:103' to node 'pve2':",
      '',
      "- resource 'vm:104' on target node 'pve2' in negative affinity with resource 'vm:103'",
      "TASK ERROR: command 'ha-manager migrate vm:103 pve2' failed: exit code 255",
    ]);
    expect(realTask(nine)).toBeUndefined();
    const eight = smallWorld(rules, '8.4');
    const wish = request(eight, 103, 'pve2');
    eight.clock.advance(60);
    expect([wish.exitstatus, realTask(eight)]).toEqual(['OK', undefined]);
  });

  test('that a strict node rule forbids is accepted and then ignored', () => {
    const world = smallWorld({
      ha_rules: [{ rule: 'here', type: 'node-affinity', resources: 'vm:103', nodes: 'pve1:2,pve3', strict: 1 }],
    });
    const wish = request(world, 103, 'pve2');
    world.clock.advance(60);
    expect([wish.exitstatus, guestIn(world, 103).node, realTask(world)]).toEqual(['OK', 'pve1', undefined]);
  });

  test('to a node of lower priority comes back by itself, unless failback is off', () => {
    const rules = { ha_rules: [{ rule: 'home', type: 'node-affinity', resources: 'vm:103', nodes: 'pve1:2,pve2:1' }] };
    const world = smallWorld(rules);
    request(world, 103, 'pve2');
    world.clock.advance(25);
    expect(guestIn(world, 103).node).toBe('pve2');
    world.clock.advance(60);
    expect(guestIn(world, 103).node).toBe('pve1');
    const staying = smallWorld({ ...rules, guests: [ha(103, { ha: { failback: false } })] });
    request(staying, 103, 'pve2');
    staying.clock.advance(120);
    expect(guestIn(staying, 103).node).toBe('pve2');
  });

  test('takes its positive-affinity partners along', () => {
    const world = smallWorld({
      guests: [ha(103), ha(107)],
      ha_rules: [{ rule: 'together', type: 'resource-affinity', affinity: 'positive', resources: 'vm:103,vm:107' }],
    });
    const wish = request(world, 103, 'pve2');
    world.clock.advance(90);
    expect(wish.log[1]).toContain("also migrate resource 'vm:107'");
    expect([guestIn(world, 103).node, guestIn(world, 107).node]).toEqual(['pve2', 'pve2']);
  });

  test('of two wishes in one round the later one counts', () => {
    const world = smallWorld();
    request(world, 103, 'pve2');
    world.clock.advance(3);
    request(world, 103, 'pve3');
    world.clock.advance(60);
    expect([guestIn(world, 103).node, realTasks(world).length]).toEqual(['pve3', 1]);
  });

  test('a wish that comes while the service migrates is accepted and lost', () => {
    const world = smallWorld();
    request(world, 103, 'pve2');
    world.clock.advance(12);
    const asked = ask(world, 'POST', '/cluster/ha/resources/vm:103/migrate', { node: 'pve3' });
    expect(asked).toMatchObject({ status: 200, data: { 'requested-node': 'pve3' } });
    world.clock.advance(120);
    expect([guestIn(world, 103).node, realTasks(world).length, world.ha.get('vm:103')?.command]).toEqual([
      'pve2',
      1,
      null,
    ]);
  });

  test('of a guest that somebody locked fails in the task', () => {
    const world = smallWorld();
    request(world, 103, 'pve2');
    guestIn(world, 103).lock = 'backup';
    world.clock.advance(60);
    expect(realTask(world)?.log[1]).toMatch(/ERROR: migration aborted .*VM is locked \(backup\)/);
    expect([guestIn(world, 103).node, guestIn(world, 103).lock]).toEqual(['pve1', 'backup']);
  });

  test('in state error fails at once', () => {
    const world = smallWorld({ guests: [ha(103, { ha: { state: 'started', crm_state: 'error' } })] });
    const wish = request(world, 103, 'pve2');
    world.clock.advance(2);
    expect(wish.exitstatus).toBe("command 'ha-manager migrate vm:103 pve2' failed: exit code 255");
  });

  test('to a node that is down is ignored', () => {
    const world = smallWorld();
    const wish = request(world, 103, 'pve3');
    const node = world.nodes.get('pve3');
    if (node) node.downSinceMs = world.clock.nowMs();
    world.clock.advance(60);
    expect([wish.exitstatus, realTask(world)]).toEqual(['OK', undefined]);
  });

  test('does not apply to a service that HA ignores', () => {
    const world = smallWorld({ guests: [ha(103, { ha: { state: 'ignored' } })] });
    expect(request(world, 103, 'pve2').type).toBe('qmigrate');
  });

  test('of a container is a stop and a start', () => {
    const world = smallWorld({ guests: [ha(201, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1' }] })] });
    ask(world, 'POST', '/nodes/pve1/lxc/201/migrate', { target: 'pve2', restart: 1 });
    world.clock.advance(60);
    expect(realTask(world, 'vzmigrate')?.exitstatus).toBe('OK');
    expect(guestIn(world, 201).node).toBe('pve2');
  });
});

describe('POST /cluster/ha/resources/{sid}/migrate', () => {
  const rules = {
    ha_rules: [{ rule: 'apart', type: 'resource-affinity', affinity: 'negative', resources: 'vm:103,vm:104' }],
  };

  test('9 answers what blocks it, with 200', () => {
    const world = smallWorld(rules);
    const answer = ask(world, 'POST', '/cluster/ha/resources/vm:103/migrate', { node: 'pve2' });
    expect(answer.data).toEqual({
      sid: 'vm:103',
      'requested-node': 'pve2',
      'blocking-resources': [{ sid: 'vm:104', cause: 'resource-affinity' }],
    });
    world.clock.advance(60);
    expect(guestIn(world, 103).node).toBe('pve1');
  });

  test('8 answers nothing and moves it', () => {
    const world = smallWorld({}, '8.4');
    expect(ask(world, 'POST', '/cluster/ha/resources/vm:103/migrate', { node: 'pve2' }).data).toBeNull();
    world.clock.advance(60);
    expect(guestIn(world, 103).node).toBe('pve2');
  });
});

describe('the lists', () => {
  const rules = {
    ha_rules: [
      { rule: 'here', type: 'node-affinity', resources: 'vm:103', nodes: 'pve1:2,pve3', strict: 1, disable: 1 },
    ],
  };

  test('rules of 9', () => {
    const world = smallWorld(rules);
    expect(rowsOf(ask(world, 'GET', '/cluster/ha/rules'))).toEqual([
      {
        rule: 'here',
        type: 'node-affinity',
        resources: 'vm:103',
        order: 1,
        digest: expect.any(String),
        disable: 1,
        nodes: 'pve1:2,pve3',
        strict: 1,
      },
    ]);
    expect(ask(world, 'GET', '/cluster/ha/rules?type=resource-affinity').data).toEqual([]);
    expect(ask(world, 'GET', '/cluster/ha/groups').message).toBe(
      'cannot index groups: ha groups have been migrated to rules',
    );
  });

  test('groups of 8, where rules are not implemented', () => {
    const world = smallWorld(rules, '8.4');
    expect(rowsOf(ask(world, 'GET', '/cluster/ha/groups'))[0]).toMatchObject({
      group: 'here',
      nodes: 'pve1:2,pve3',
      restricted: 1,
    });
    expect(ask(world, 'GET', '/cluster/ha/rules')).toMatchObject({
      status: 501,
      message: "Method 'GET /cluster/ha/rules' not implemented",
    });
  });
});
