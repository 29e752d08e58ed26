import type { Process } from '../clock.ts';
import { hasFault } from '../faults.ts';
import type { Node, World } from '../world.ts';

/** One stream of bytes between two nodes; every stream through a node's network takes its share of it. */
export interface Stream {
  source: Node;
  target: Node;
  /** Bytes per second; null: as fast as the network is. */
  limitBps: number | null;
  vmid: number;
}

export interface Progress {
  sentBytes: number;
  rateBps: number;
  elapsedMs: number;
}

export function rateBps(stream: Stream): number {
  const out = stream.source.netBytesPerS / Math.max(1, stream.source.streams.size);
  const into = stream.target.netBytesPerS / Math.max(1, stream.target.streams.size);
  return Math.min(out, into, stream.limitBps ?? Number.POSITIVE_INFINITY);
}

/** Runs `body` while the stream counts on both networks. */
export function* sharing(stream: Stream, body: Process): Process {
  const { source, target, vmid } = stream;
  source.streams.add(vmid);
  target.streams.add(vmid);
  try {
    yield* body;
  } finally {
    source.streams.delete(vmid);
    target.streams.delete(vmid);
  }
}

/** Copies bytes second by second; `onProgress` sees each step. A stalled guest copies nothing until the fault ends. */
export function* copy(world: World, stream: Stream, bytes: number, onProgress: (progress: Progress) => void): Process {
  let sentBytes = 0;
  let elapsedMs = 0;
  while (sentBytes < bytes) {
    const stalled = isStalled(world, stream);
    const rate = stalled ? 0 : rateBps(stream);
    const stepMs = stalled ? 1000 : Math.min(1000, Math.max(1, ((bytes - sentBytes) / rate) * 1000));
    yield stepMs;
    elapsedMs += stepMs;
    sentBytes = Math.min(bytes, sentBytes + (rate * stepMs) / 1000);
    // Rounding must not leave a last byte for ever.
    if (bytes - sentBytes < 1) sentBytes = bytes;
    onProgress({ sentBytes, rateBps: rate, elapsedMs });
  }
}

export function isStalled(world: World, stream: Stream): boolean {
  return hasFault(world, 'migration-stalls', (fault) => fault.vmid === stream.vmid);
}
