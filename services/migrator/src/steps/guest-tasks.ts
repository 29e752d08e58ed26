import type { Proxmox, Task } from '@proxbalance/proxmox';

export const migrationTypes: readonly string[] = ['qmigrate', 'vzmigrate', 'hamigrate'];

/** Tasks that move this guest, newest first, on its node. */
export async function readGuestTasks(proxmox: Proxmox, node: string, vmid: number): Promise<Task[]> {
  const tasks = await proxmox.nodeTasks(node, { vmid, source: 'all', limit: 50 });
  return tasks.filter((task) => isMoveOf(task, vmid));
}

/** The running task that moves this guest, whoever started it. */
export const movingTask = (tasks: readonly Task[], vmid: number): Task | undefined =>
  tasks.find((task) => task.running && isMoveOf(task, vmid));

const isMoveOf = (task: Task, vmid: number): boolean => task.vmid === vmid && migrationTypes.includes(task.type);
