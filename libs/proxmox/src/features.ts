/** As `GET /version` and `GET /nodes/{node}/version` tell it. */
export type PveVersion = { major: number; minor: number };

/**
 * What a Proxmox VE of some version knows. In a cluster under upgrade nodes differ: who executes a call decides, which is
 * the node in its path, or for everything else the host that answers.
 */
export type Features = {
  /** Connection tracking goes along with a live VM. Sent to an older one, the whole request is refused. 9.0 */
  conntrackState: boolean;
  /** A container can be asked where it may go. 9.1 */
  containerPreconditions: boolean;
  /** HA has rules; before, groups. 9.0 */
  haRules: boolean;
  /** Pressure, available memory and the ZFS cache are in the statistics. 9.0 */
  pressure: boolean;
  /** All statistics in one request. 8.3 */
  metricsExport: boolean;
  /** Proxmox may balance HA guests by itself. 9.2 */
  autoRebalance: boolean;
};

export const features = (version: PveVersion): Features => {
  const since = (major: number, minor: number) =>
    version.major > major || (version.major === major && version.minor >= minor);
  return {
    conntrackState: since(9, 0),
    containerPreconditions: since(9, 1),
    haRules: since(9, 0),
    pressure: since(9, 0),
    metricsExport: since(8, 3),
    autoRebalance: since(9, 2),
  };
};

/** What both know: for a migration, whose target is started with the options of its source. */
export const commonFeatures = (one: Features, other: Features): Features => ({
  conntrackState: one.conntrackState && other.conntrackState,
  containerPreconditions: one.containerPreconditions && other.containerPreconditions,
  haRules: one.haRules && other.haRules,
  pressure: one.pressure && other.pressure,
  metricsExport: one.metricsExport && other.metricsExport,
  autoRebalance: one.autoRebalance && other.autoRebalance,
});

/** Reads `9.2.2`, `8.4-1` and the `pve-manager/9.2.2/b9984c6d` of a node's status; null for anything else. */
export const parseVersion = (text: string): PveVersion | null => {
  const match = /^(?:pve-manager\/)?(\d+)(?:[.-](\d+))?/.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2] ?? 0) };
};
