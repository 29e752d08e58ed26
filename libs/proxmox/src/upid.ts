/** A Proxmox task id taken apart: `UPID:<node>:<pid>:<pstart>:<starttime>:<type>:<id>:<user[!token]>:`. */
export type Upid = {
  node: string;
  pid: number;
  /** Start of the process in clock ticks after boot. */
  pstart: number;
  startedAt: Date;
  /** `qmigrate`, `vzmigrate`, `hamigrate`, `qmstart`, … */
  type: string;
  /** What the task is about, mostly a guest id; may be empty. */
  id: string;
  /** Without the token: `root@pam`. */
  user: string;
  tokenId?: string;
  raw: string;
};

const NODE = '([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const UPID = new RegExp(
  `^UPID:${NODE}:([0-9A-F]{8}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:\\s/]+):([^:\\s/]*):([^:\\s/]+):$`,
  'i',
);

/** Takes a UPID apart; null when it is not one. The colon at the end is part of it. */
export const parseUpid = (text: string): Upid | null => {
  const match = UPID.exec(text);
  if (match === null) return null;
  const [, node = '', pid = '', pstart = '', start = '', type = '', id = '', owner = ''] = match;
  const [user = '', tokenId] = owner.split('!');
  return {
    node,
    pid: Number.parseInt(pid, 16),
    pstart: Number.parseInt(pstart, 16),
    startedAt: new Date(Number.parseInt(start, 16) * 1000),
    type,
    id,
    user,
    ...(tokenId === undefined ? {} : { tokenId }),
    raw: text,
  };
};

/** The node a task runs on; null when `text` is not a UPID. */
export const upidNode = (text: string): string | null => parseUpid(text)?.node ?? null;
