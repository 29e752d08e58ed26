import { type ClusterSnapshot, defaultPenalties } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../libs/engine/src/testing/build.ts';
import { fingerprintOf } from './fingerprint.ts';
import { dueBecause, type Facts, materialChange, type Standing } from './materiality.ts';

const nodes = (cpu = 40, mem = 50) => [aNode({ name: 'pve1', cpu, mem }), aNode({ name: 'pve2', cpu: 20, mem: 30 })];
const guests = [aGuest({ vmid: 100 }), aGuest({ vmid: 101 })];
const parameters = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30, maintenance_nodes: [] };
const factsOf = (snapshot: ClusterSnapshot, parts: Partial<Facts> = {}): Facts => ({
  cluster: fingerprintOf(snapshot, defaultPenalties()),
  settings: '{}',
  experience: '[]',
  moves: '[]',
  parameters,
  ...parts,
});
const before = factsOf(aCluster(nodes(), guests));
const change = (snapshot: ClusterSnapshot, parts: Partial<Facts> = {}) =>
  materialChange(before, factsOf(snapshot, parts));
const withGuest = (parts: Parameters<typeof aGuest>[0]) =>
  aCluster(nodes(), [aGuest({ vmid: 100, ...parts }), aGuest({ vmid: 101 })]);

describe('material is', () => {
  test.each<[string, ClusterSnapshot]>([
    ['placement', withGuest({ node: 'pve2' })],
    ['placement', aCluster(nodes(), [...guests, aGuest({ vmid: 102 })])],
    ['placement', aCluster(nodes(), guests.slice(1))],
    ['status', withGuest({ status: 'stopped' })],
    ['status', withGuest({ lock: 'backup' })],
    ['status', withGuest({ unknown: ['config'] })],
    ['status', aCluster([aNode({ name: 'pve1', cpu: 40, mem: 50, status: 'offline' }), ...nodes().slice(1)], guests)],
    ['tags', withGuest({ tags: withTags('ignore') })],
    ['tags', withGuest({ tags: null })],
    ['rules', aCluster(nodes(), guests, { cluster_health: { quorate: false, nodes: 2, online_nodes: 2 } })],
    ['rules', aCluster(nodes(), guests, { ha_rules: [] })],
    ['configuration', withGuest({ mem_max_gb: 64 })],
    ['configuration', withGuest({ cpu_cores: 17 })],
    ['configuration', withGuest({ local_devices: ['hostpci0'] })],
  ])('%s that changes', (what, snapshot) => {
    expect(change(snapshot)).toBe(`${what} changed`);
  });

  test('a node that came', () => {
    const cluster = before.cluster && {
      ...before.cluster,
      load: { ...before.cluster.load, pve3: { cpu: 1, mem: 1, iowait: 0 } },
    };
    expect(materialChange(before, { ...before, cluster })).toBe('a node came or went');
  });

  test.each<[string, Partial<Facts>]>([
    ['the settings changed', { settings: '{"x":1}' }],
    ['it is known better what recommendations are worth', { experience: '[1]' }],
    ['a move began or ended', { moves: '[1]' }],
    ['the thresholds are others', { parameters: { ...parameters, cpu_threshold: 61 } }],
    ['the thresholds are others', { parameters: { ...parameters, maintenance_nodes: ['pve1'] } }],
    ['it is not known what was judged', { cluster: null }],
  ])('%s', (why, parts) => {
    expect(change(aCluster(nodes(), guests), parts)).toBe(why);
  });

  test.each<[string, number, number, string | null]>([
    ['noise is not', 43, 51, null],
    ['CPU beyond noise is', 46, 50, 'cpu of pve1 went from 40.0 to 46.0 %'],
    ['less CPU too', 34, 50, 'cpu of pve1 went from 40.0 to 34.0 %'],
    ['memory beyond noise is', 40, 53.5, 'mem of pve1 went from 50.0 to 53.5 %'],
  ])('%s', (_, cpu, mem, why) => {
    expect(change(aCluster(nodes(cpu, mem), guests))).toBe(why);
  });

  test.each<[number, number, boolean]>([
    [59.5, 61, true],
    [61, 59.5, true],
    [59.8, 60.2, false],
    [61, 63, false],
  ])('CPU from %f to %f, with a threshold of 60: %s', (old, fresh, isMaterial) => {
    const facts = [old, fresh].map((cpu) => factsOf(aCluster(nodes(cpu), guests))) as [Facts, Facts];
    expect(materialChange(...facts) !== null).toBe(isMaterial);
  });
});

test('what decides nothing is not: names, uptimes, load of single guests, the order of things', () => {
  const other = [
    aGuest({ vmid: 101, name: 'other', uptime: 5, cpu_current: 33 }),
    aGuest({ vmid: 100, mem_used_gb: 1, config_read_at: '2026-02-08T10:30:00Z' }),
  ];
  expect(change(aCluster(nodes().reverse(), other, { snapshot_id: 'later' }))).toBeNull();
});

describe('a judgement is due', () => {
  const at = Date.parse('2026-02-08T12:00:00Z');
  const standing: Standing = { facts: before, generatedAt: at, generationSeconds: 0.1, lacksPast: false };
  const after = (seconds: number, parts: Partial<Standing> = {}) =>
    dueBecause({ ...standing, ...parts }, before, { ms: at + seconds * 1000, guests: 40 });

  test('when there is none', () => {
    expect(dueBecause(null, before, { ms: at, guests: 40 })).toBe('nothing was judged yet');
  });
  test('when something changed, at once', () => {
    expect(dueBecause(standing, { ...before, moves: '[1]' }, { ms: at, guests: 40 })).toBe('a move began or ended');
  });
  test('when its time is over, and not before', () => {
    expect([after(599), after(600)]).toEqual([null, '10 minutes are over']);
  });
  test('twenty seconds after one that was made without what is known of the past', () => {
    expect([after(19, { lacksPast: true }), after(20, { lacksPast: true })]).toEqual([
      null,
      'trends or profiles were missing',
    ]);
  });
});
