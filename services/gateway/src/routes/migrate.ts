import {
  CancelMigration,
  type ErrorCode,
  errorStatus,
  Migrate,
  type Migration,
  PostCancelMigration,
  PostMigrate,
  RefusedError,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';

export function migrateRoutes(server: FastifyInstance, { kit, snapshots }: Deps): void {
  endpoint(server, PostMigrate, async ({ body, actor }) => {
    const { vmid, source_node, target_node } = body;
    const type = body.guest_type ?? body.type ?? snapshots.peek()?.guests[vmid]?.type ?? 'VM';
    const request = { vmid, source_node, target_node, type, trigger: 'manual' as const, requested_by: actor };
    const migration = answerOf(await kit.bus.ask(Migrate, request));
    refuseEnded(migration);
    return success({
      message: describe(migration),
      migration_id: migration.migration_id,
      task_id: migration.task_id,
      state: migration.state,
      source_node,
      target_node,
      vmid,
      type,
    });
  });
  endpoint(server, PostCancelMigration, async ({ params, actor }) => {
    const { message, migration } = answerOf(
      await kit.bus.ask(CancelMigration, { id: params.task_id, requested_by: actor }),
    );
    return success({ message, migration });
  });
}

function describe({ type, vmid, source_node, target_node, task_id, waiting_for }: Migration): string {
  const move = `${type} ${vmid} ${source_node} -> ${target_node}`;
  if (task_id) return `${move} started: ${task_id}`;
  return waiting_for ? `${move} waits for ${waiting_for}` : `${move} is being prepared`;
}

/** A move that already failed is a failed request, with the reason. */
function refuseEnded({ state, error, checks }: Migration): void {
  if (state !== 'failed') return;
  const details = checks.filter((check) => !check.passed).map((check) => ({ path: check.name, message: check.detail }));
  const code = error && Object.hasOwn(errorStatus, error.code) ? (error.code as ErrorCode) : 'proxmox-error';
  const message = error?.message ?? 'the move failed, and nothing says why';
  throw new RefusedError(code, message, details.length > 0 ? details : undefined);
}
