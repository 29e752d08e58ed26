import { type Guest, isFinal, type Migration, type RunningTask } from '@proxbalance/contracts';

const migrationTypes = ['qmigrate', 'vzmigrate', 'hamigrate'];

/** Whether a guest is moving: our own move first, else a task that somebody else started. */
export function migrationStatus(guest: Guest, own: Migration | null, runningTasks: readonly RunningTask[]) {
  if (own && !isFinal(own.state)) {
    const { source_node, target_node, type } = own;
    const task_id = own.child_task_id ?? own.task_id;
    const taskType = typeOf(task_id) ?? (type === 'VM' ? 'qmigrate' : 'vzmigrate');
    return { is_migrating: true, task_id, source_node, target_node, type: taskType, migration: own };
  }
  // The snapshot may be from before the end of our own move, and still list its task.
  const foreign = runningTasks.find(
    ({ upid, type, id }) =>
      migrationTypes.includes(type) &&
      id === String(guest.vmid) &&
      upid !== own?.task_id &&
      upid !== own?.child_task_id,
  );
  if (!foreign) return { is_migrating: false, migration: own };
  return { is_migrating: true, task_id: foreign.upid, source_node: guest.node, type: foreign.type, migration: own };
}

/** A UPID says what kind of task it is. */
const typeOf = (upid: string | null): string | undefined => upid?.split(':')[5];
