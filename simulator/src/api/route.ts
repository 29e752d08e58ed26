import type { Identity } from '../access/identity.ts';
import { can } from '../access/privileges.ts';
import type { PveVersion } from '../pve-version.ts';
import type { Node, World } from '../world.ts';
import { forbidden } from './errors.ts';
import type { RawValues, Values } from './validate.ts';

/** One request on its way through a route. */
export interface Call {
  world: World;
  /** Who asks; nobody for the few calls that need no identity. */
  who: Identity;
  /** The node whose API server was asked. */
  answering: Node;
  /** The node that executes: the one in the path for proxied calls, else the answering one. */
  node: Node;
  pve: PveVersion;
  /** From the path, unchecked. */
  path: Record<string, string>;
  /** After the check against PARAMETERS; those of the path included. */
  values: Values;
  fingerprints: Record<string, string>;
}

/** A body already serialised, shared by all who may see everything. */
export interface Ready {
  body: Buffer;
  zipped: () => Buffer;
}

export interface Answer {
  data?: unknown;
  total?: number;
  ready?: Ready;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** `null`: any identity; `{node}` and the like are filled from the path. Any one privilege suffices. */
  permission: { path: string; privileges: string[] } | null;
  /** What one privilege on one path cannot say. Runs where the permission is checked: before the parameters are. */
  guard?: (call: Call, raw: RawValues) => void;
  /** Answered without any identity. */
  open?: true;
  /** Executed by the node in the path: 595 when it is down. */
  proxied: boolean;
  /** First version that has it, as rank() counts. */
  since?: number;
  handle: (call: Call) => Answer;
}

export function route(
  method: Route['method'],
  path: string,
  permission: Route['permission'],
  handle: Route['handle'],
): Route {
  return { method, path, permission, proxied: false, handle };
}

export function onNode(made: Route): Route {
  return { ...made, proxied: true };
}

export function demand(path: string, ...privileges: string[]): Route['permission'] {
  return { path, privileges };
}

export function holds(call: Call, path: string, ...privileges: string[]): boolean {
  return can(call.world, call.who, path, privileges, call.pve);
}

export function must(call: Call, path: string, ...privileges: string[]): void {
  if (!holds(call, path, ...privileges)) forbidden(path, privileges);
}
