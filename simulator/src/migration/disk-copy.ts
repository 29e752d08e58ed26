import type { Process } from '../clock.ts';
import { isNine } from '../pve-version.ts';
import { stamp } from '../tasks.ts';
import type { World } from '../world.ts';
import { bytesText, mirrorText } from './log-text.ts';
import type { MigrationLog } from './migration-log.ts';
import { strikeNow } from './obstacles.ts';
import { limitOf, localDisks, type MigrationRequest, volumeOn } from './plan.ts';
import { copy, type Stream, sharing } from './transfer.ts';

/** Mirrors the local disks of a running machine over NBD; they stay in sync until the switch. */
export function* mirrorDisks(world: World, request: MigrationRequest, stream: Stream, log: MigrationLog): Process {
  const { guest, target } = request;
  log.info('starting storage migration');
  for (const { disk } of localDisks(request)) {
    const job = jobName(request, disk.key);
    log.info(
      `${disk.key}: start migration to nbd:unix:/run/qemu-server/${guest.vmid}_nbd.migrate:exportname=drive-${disk.key}`,
    );
    log.plain(`drive mirror is starting for drive-${disk.key}`);
    log.plain(mirrorText(job, 0, disk.sizeBytes, 0, false));
    const failure = { dead: false };
    yield* copy(world, stream, disk.sizeBytes, (progress) => {
      strikeNow(world, request);
      failure.dead = target.downSinceMs !== null;
      const done = progress.sentBytes >= disk.sizeBytes;
      log.plain(mirrorText(job, progress.sentBytes, disk.sizeBytes, progress.elapsedMs / 1000, done));
    });
    yield 0;
    if (failure.dead) yield* log.failPhase2(`block job (mirror) error: ${job}: 'mirror' has been cancelled`);
  }
  log.plain("all 'mirror' jobs are ready");
  yield 500;
  log.info('switching mirror jobs to actively synced mode');
  for (const { disk } of localDisks(request)) {
    log.plain(`${jobName(request, disk.key)}: switching to actively synced mode`);
    log.plain(`${jobName(request, disk.key)}: successfully switched to actively synced mode`);
  }
}

export function* completeMirrors(request: MigrationRequest, log: MigrationLog): Process {
  log.plain("all 'mirror' jobs are ready");
  for (const { disk } of localDisks(request)) {
    const job = jobName(request, disk.key);
    log.plain(`${job}: Completing block job...`);
    log.plain(`${job}: Completed successfully.`);
    log.plain(`${job}: mirror-job finished`);
  }
  yield 1_500;
  log.info('stopping NBD storage migration server on target.');
  yield 1_500;
}

/** Copies the local disks of a guest that is off, with the lines of the storage plugin. */
export function* copyOffline(world: World, request: MigrationRequest, log: MigrationLog): Process {
  const locals = localDisks(request);
  if (locals.length === 0) return;
  const { source, target, guest } = request;
  const stream: Stream = { source, target, vmid: guest.vmid, limitBps: limitOf(request) };
  log.info('copying local disk images');
  for (const local of locals) {
    const volume = local.volid.replace(/^[^:]+:/, '');
    const zfs = source.storages.get(local.disk.storage)?.type === 'zfspool';
    const dataset = `rpool/data/${volume}@__migration__`;
    if (zfs) log.plain(`full send of ${dataset} estimated size is ${short(local.disk.sizeBytes)}`);
    if (zfs) log.plain(`TIME        SENT   SNAPSHOT ${dataset}`);
    const onStep = (sentBytes: number, elapsedMs: number) => {
      strikeNow(world, request);
      const time = stamp(world.clock.nowMs()).slice(11);
      if (zfs) log.plain(`${time}   ${short(sentBytes)}   ${dataset}`);
      else
        log.plain(
          `${Math.round(sentBytes)} bytes (${bytesText(sentBytes)}) copied, ${(elapsedMs / 1000).toFixed(1)} s`,
        );
    };
    yield* sharing(
      stream,
      copy(world, stream, local.disk.sizeBytes, (step) => onStep(step.sentBytes, step.elapsedMs)),
    );
    yield 0;
    if (target.downSinceMs !== null) {
      log.failPhase1(
        `storage migration for '${local.volid}' to storage '${local.targetStorage}' failed - command 'ssh' failed: exit code 255`,
      );
    }
    log.plain(`successfully imported '${volumeOn(local)}'`);
    log.info(`volume '${local.volid}' is '${volumeOn(local)}' on the target`);
  }
}

/** QEMU machines of version 10 and later call the job after what it does. */
function jobName(request: MigrationRequest, key: string): string {
  return `${isNine(request.source.pve) ? 'mirror' : 'drive'}-${key}`;
}

function short(bytes: number): string {
  return `${(bytes / 1_073_741_824).toFixed(2)}G`;
}
