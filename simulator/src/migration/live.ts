import type { Process } from '../clock.ts';
import { currentLoad } from '../placement.ts';
import { isNine } from '../pve-version.ts';
import type { World } from '../world.ts';
import { completeMirrors, mirrorDisks } from './disk-copy.ts';
import { bytesText } from './log-text.ts';
import type { MigrationLog } from './migration-log.ts';
import { askedFailure, sleepUnlessStruck, strikeNow } from './obstacles.ts';
import { limitOf, localDisks, type MigrationRequest, volumeOn } from './plan.ts';
import { isStalled, rateBps, type Stream, sharing } from './transfer.ts';

/** Phase 2: start the machine on the target, mirror local disks, send the RAM round by round. */
export function* liveMigration(world: World, request: MigrationRequest, log: MigrationLog): Process {
  const { guest, source, target } = request;
  const stream: Stream = { source, target, vmid: guest.vmid, limitBps: limitOf(request) };
  const locals = localDisks(request);
  log.info(`starting VM ${guest.vmid} on remote node '${target.name}'`);
  yield* sleepUnlessStruck(world, request, 1_600);
  for (const local of locals) log.info(`volume '${local.volid}' is '${volumeOn(local)}' on the target`);
  log.info('start remote tunnel');
  yield* sleepUnlessStruck(world, request, 500);
  log.info('ssh tunnel ver 1');
  if (locals.length > 0) yield* sharing(stream, mirrorDisks(world, request, stream, log));
  announce(request, log);
  const asked = askedFailure(world, request, 'phase2');
  if (asked !== null) {
    yield 1_000;
    yield* log.failPhase2(`${asked} - aborting`);
  }
  yield* sharing(stream, sendMemory(world, request, stream, log));
  if (locals.length > 0) yield* completeMirrors(request, log);
}

function announce(request: MigrationRequest, log: MigrationLog): void {
  const { vmid, memBytes } = request.guest;
  const socket = `unix:/run/qemu-server/${vmid}.migrate`;
  // A tenth of the memory, up to the next power of two.
  const cacheBytes = 2 ** Math.round(Math.log2(memBytes / 10));
  log.info(`starting online/live migration on ${socket}`);
  log.info('set migration capabilities');
  log.info('migration downtime limit: 100 ms');
  log.info(`migration cachesize: ${bytesText(cacheBytes)}`);
  log.info('set migration parameters');
  log.info(`start migrate command to ${socket}`);
}

/**
 * Sends what is used, then what was dirtied meanwhile, until the rest fits into the allowed downtime. A machine that
 * dirties faster than the network sends never gets there by itself; the downtime limit is doubled as Proxmox does.
 */
function* sendMemory(world: World, request: MigrationRequest, stream: Stream, log: MigrationLog): Process {
  const { guest, source, target } = request;
  const usedBytes = Math.max(67_108_864, currentLoad(guest).memUsedBytes);
  const totalText = bytesText(guest.memBytes + 16_777_216);
  const startedMs = world.clock.nowMs();
  let remainingBytes = usedBytes;
  let sentBytes = 0;
  let downtimeMs = 100;
  let roundsWithoutGain = 0;
  let rate = rateBps(stream);
  while (remainingBytes > (rate * downtimeMs) / 1000) {
    const stalled = isStalled(world, stream);
    rate = rateBps(stream);
    const dirtyBps = stalled ? rate * 1.2 : Math.min(currentLoad(guest).dirtyBytesPerS, usedBytes);
    // Near the end Proxmox looks every 0.1 s instead of once a second.
    const stepMs = Math.min(1000, Math.max(100, (remainingBytes / rate) * 1000));
    yield stepMs;
    strikeNow(world, request);
    yield 0;
    if (target.downSinceMs !== null) yield* log.failPhase2('remote command failed with exit code 255');
    const before = remainingBytes;
    const step = Math.min(remainingBytes, (rate * stepMs) / 1000);
    sentBytes += step;
    // A page dirtied twice is still one page to send.
    remainingBytes = Math.min(usedBytes, remainingBytes - step + (dirtyBps * stepMs) / 1000);
    if (stepMs >= 1000 || stalled) {
      const dirty = dirtyBps > rate * 0.9 ? `, VM dirties lots of memory: ${bytesText(dirtyBps)}/s` : '';
      log.progress(
        `migration active, transferred ${bytesText(sentBytes)} of ${totalText} VM-state, ${bytesText(rate)}/s${dirty}`,
      );
    }
    roundsWithoutGain = remainingBytes >= before * 0.98 ? roundsWithoutGain + 1 : 0;
    if (roundsWithoutGain > 0 && roundsWithoutGain % 15 === 0 && !stalled) {
      downtimeMs *= 2;
      log.info(`auto-increased downtime to continue migration: ${downtimeMs} ms`);
    }
  }
  yield Math.max(20, (remainingBytes / rate) * 1000);
  sentBytes += remainingBytes;
  if (target.downSinceMs !== null) yield* log.failPhase2('remote command failed with exit code 255');
  finishRam(world, request, log, { sentBytes, startedMs, downtimeMs: (remainingBytes / rate) * 1000 });
  if (isNine(source.pve)) log.info(`migration completed, transferred ${bytesText(sentBytes)} VM-state`);
  log.info('migration status: completed');
}

interface RamResult {
  sentBytes: number;
  startedMs: number;
  downtimeMs: number;
}

function finishRam(world: World, request: MigrationRequest, log: MigrationLog, result: RamResult): void {
  const seconds = Math.max(0.1, (world.clock.nowMs() - result.startedMs) / 1000);
  const speed = bytesText(request.guest.memBytes / seconds);
  log.info(`average migration speed: ${speed}/s - downtime ${Math.max(12, Math.round(result.downtimeMs))} ms`);
}
