import { defaultPenalties } from '@proxbalance/contracts';
import { recommend } from '../libs/engine/src/index.ts';
import { aCluster, aGuest, aNode, withTags } from '../libs/engine/src/testing/build.ts';
const config = defaultPenalties();
const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
let seed=1; const rnd=()=>(seed=(seed*1103515245+12345)%2147483648)/2147483648;
const N=64,G=10000;
for (const hotShare of [0.15,0.5,1]) {
const guests=Array.from({length:G},(_,i)=>{const n=i%N; const hot=n<N*hotShare; return aGuest({vmid:100+i,node:`n${n}`,cpu_cores:2,cpu_current:hot?10+rnd()*40:rnd()*15,mem_used_gb:hot?2.5:1.5,mem_max_gb:3,disk_read_bps:rnd()*1e6,tags:withTags(...(i%50===0?[`exclude_g${i%7}`]:[]))})});
const nodes=Array.from({length:N},(_,n)=>{const own=guests.filter(g=>g.node===`n${n}`);const cpu=own.reduce((s,g)=>s+g.cpu_current*g.cpu_cores,0)/128;const mem=own.reduce((s,g)=>s+g.mem_used_gb,0)/512*100;return aNode({name:`n${n}`,cpu_cores:128,total_mem_gb:512,cpu:Math.min(100,cpu+5),mem:Math.min(100,mem+2)})});
const s=aCluster(nodes,guests);
for (const m of [[],['n0','n1']]) { const t=performance.now(); const j=recommend({snapshot:s,thresholds,config,maintenanceNodes:m}); console.log(hotShare,m.length,(performance.now()-t).toFixed(0)+'ms',j.recommendations.length,JSON.stringify(j.summary.skip_reasons),j.summary.batch_impact.improvement, nodes[0].metrics.current_cpu.toFixed(0), nodes[63].metrics.current_cpu.toFixed(0), nodes[0].metrics.current_mem.toFixed(0)); }
}
