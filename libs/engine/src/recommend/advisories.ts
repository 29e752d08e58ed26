import type { Judgement, Node, Thresholds } from '@proxbalance/contracts';
import { mean, roundTo } from '../numbers.ts';
import { pct } from '../penalties/penalty.ts';
import type { ClusterState } from '../state/cluster-state.ts';

type Advisory = Judgement['capacity_advisories'][number];
type Facts = { nodes: readonly Node[]; cpu: number; mem: number; hotCpu: number; hotMem: number; t: Thresholds };

/** Where balancing cannot help: too little capacity altogether, for a resource, or on a node; as the nodes were read. */
export const capacityAdvisories = (state: ClusterState, t: Thresholds, recommendations: number): Advisory[] => {
  const nodes = state.nodes.map(({ base }) => base).filter((node) => node.status === 'online');
  const facts: Facts = {
    nodes,
    cpu: roundTo(mean(nodes.map((node) => node.metrics.current_cpu)), 1),
    mem: roundTo(mean(nodes.map((node) => node.metrics.current_mem)), 1),
    hotCpu: nodes.filter((node) => node.metrics.current_cpu > t.cpu_threshold).length,
    hotMem: nodes.filter((node) => node.metrics.current_mem > t.mem_threshold).length,
    t,
  };
  return [
    ...saturation(facts),
    ...headroom(facts, 'cpu'),
    ...headroom(facts, 'mem'),
    ...nodes.flatMap(bottleneck),
    ...smallCluster(nodes.length, recommendations),
  ];
};

const saturation = ({ cpu, mem, hotCpu, hotMem }: Facts): Advisory[] => {
  if (cpu <= 70 && mem <= 80) return [];
  return [
    {
      type: 'capacity_saturation',
      severity: cpu > 85 || mem > 90 ? 'critical' : 'warning',
      message: `The cluster as a whole is busy: ${pct(cpu)} CPU, ${pct(mem)} memory on average`,
      metrics: {
        cluster_cpu_avg: cpu,
        cluster_mem_avg: mem,
        nodes_above_cpu_threshold: hotCpu,
        nodes_above_mem_threshold: hotMem,
      },
      suggestions: ['Add a node or more memory', 'Shrink or stop guests that are not needed'],
    },
  ];
};

const headroom = ({ nodes, hotCpu, hotMem, t }: Facts, resource: 'cpu' | 'mem'): Advisory[] => {
  const [hot, limit, word] =
    resource === 'cpu' ? [hotCpu, t.cpu_threshold, 'CPU'] : [hotMem, t.mem_threshold, 'memory'];
  if (nodes.length < 2 || hot < nodes.length - 1) return [];
  return [
    {
      type: resource === 'cpu' ? 'limited_cpu_headroom' : 'limited_mem_headroom',
      severity: 'warning',
      message: `${hot} of ${nodes.length} nodes are above the ${word} threshold of ${pct(limit)}`,
      metrics: {
        [`nodes_above_${resource}_threshold`]: hot,
        total_nodes: nodes.length,
        [`${resource}_threshold`]: limit,
      },
      suggestions: [`Moving guests cannot help much; add ${word === 'CPU' ? 'cores' : word} or reduce load`],
    },
  ];
};

const bottleneck = ({ name, metrics: { current_cpu, current_mem } }: Node): Advisory[] => {
  if (current_cpu <= 90 && current_mem <= 95) return [];
  const cpu = roundTo(current_cpu, 1);
  const mem = roundTo(current_mem, 1);
  return [
    {
      type: 'node_bottleneck',
      severity: 'critical',
      message: `${name} is at its limit: ${pct(cpu)} CPU, ${pct(mem)} memory`,
      metrics: { node: name, cpu, mem },
      suggestions: [`Move guests away from ${name}`, 'Look for a guest that uses more than it should'],
    },
  ];
};

const smallCluster = (online: number, recommendations: number): Advisory[] =>
  online > 2 || recommendations === 0
    ? []
    : [
        {
          type: 'small_cluster',
          severity: 'info',
          message: `Only ${online} nodes are online: there is little choice where guests can go`,
          metrics: { node_count: online },
          suggestions: ['Check that the other node could carry everything if one fails'],
        },
      ];
