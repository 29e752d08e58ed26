import type { MountPoints } from '@proxbalance/contracts';
import { readVolume } from './volumes.ts';

export const noMountPoints: MountPoints = summarize([]);

/** What containers mount beside their root: volumes, folders of the host, disks of the host. */
export function readMountPoints(entries: (readonly [string, string])[]): MountPoints {
  const points = entries
    .filter(([key]) => /^mp\d+$/.test(key))
    .map(([key, config]) => {
      const { source, options } = readVolume(key, config);
      return {
        key,
        config,
        is_bind_mount: source.startsWith('/') && !source.startsWith('/dev/'),
        source,
        mount_path: options.find((option) => option.startsWith('mp='))?.slice(3) ?? '',
        is_shared: options.includes('shared=1'),
      };
    });
  return summarize(points);
}

function summarize(points: MountPoints['mount_points']): MountPoints {
  const bind = points.filter((point) => point.is_bind_mount);
  return {
    mount_points: points,
    has_mount_points: points.length > 0,
    has_bind_mount: bind.length > 0,
    has_storage_mount: points.some((point) => !point.is_bind_mount),
    has_shared_mount: bind.some((point) => point.is_shared),
    has_unshared_bind_mount: bind.some((point) => !point.is_shared),
    mount_count: points.length,
  };
}
