export type HaState = 'started' | 'stopped' | 'enabled' | 'disabled' | 'ignored';

export interface HaCommand {
  target: string;
  askedMs: number;
}

export interface HaService {
  sid: string;
  vmid: number;
  state: HaState;
  crmState: string;
  target: string | null;
  /** A move somebody asked for that no round of the CRM has looked at yet. */
  command: HaCommand | null;
  maxRestart: number;
  maxRelocate: number;
  failback: boolean;
  group: string | null;
  comment: string | null;
}

export interface HaRule {
  rule: string;
  type: 'node-affinity' | 'resource-affinity';
  resources: string[];
  /** node -> priority (0 when none was given). */
  nodes: Map<string, number>;
  strict: boolean;
  affinity: 'positive' | 'negative';
  disabled: boolean;
  comment: string | null;
}
