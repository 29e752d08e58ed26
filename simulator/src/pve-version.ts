export const PVE_VERSIONS = ['9.2', '9.1', '9.0', '8.4'] as const;
export type PveVersion = (typeof PVE_VERSIONS)[number];

export function isPveVersion(text: string): text is PveVersion {
  return PVE_VERSIONS.some((version) => version === text);
}

/** 'at least 9.1', as a number so that versions compare: 9.1 -> 901. */
export function rank(version: PveVersion): number {
  const [major, minor] = version.split('.');
  return Number(major) * 100 + Number(minor);
}

export function isNine(version: PveVersion): boolean {
  return rank(version) >= 900;
}

interface Release {
  version: string;
  repoid: string;
  kernel: string;
  qemu: string;
}

export const RELEASES: Record<PveVersion, Release> = {
  '9.2': { version: '9.2.2', repoid: 'b9984c6d90a4bd80', kernel: '7.0.2-6-pve', qemu: '11.0.0' },
  '9.1': { version: '9.1.4', repoid: '5ac30304265fbd8e', kernel: '6.17.4-1-pve', qemu: '10.1.2' },
  '9.0': { version: '9.0.11', repoid: '3bf5476b8a4699e2', kernel: '6.14.11-3-pve', qemu: '10.0.2' },
  '8.4': { version: '8.4.14', repoid: 'b502d23c55afcba1', kernel: '6.8.12-15-pve', qemu: '9.2.0' },
};
