/** PROPERTY_RUNS=50: fifty times as many cases as usual, drawn anew; without it the usual ones, the same each time. */
const asked = Number(process.env.PROPERTY_RUNS ?? 0);

export const isHunt = asked > 0;

/** Cases to try of a property that deserves other than the usual hundred. */
export const runs = (usual: number): number => Math.ceil(usual * (isHunt ? asked : 1));
