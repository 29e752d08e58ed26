/** Work that may still be done, in checks of one guest against one node. Who has used it up does not know, and says so. */
export type Budget = { left: number };

/** Takes a share of a budget: no more than `most` is spent there, and what is spent is spent here too. */
export const spend = <T>(budget: Budget, most: number, work: (share: Budget) => T): T => {
  const given = Math.min(Math.max(0, budget.left), most);
  const share = { left: given };
  const result = work(share);
  budget.left -= given - Math.max(0, share.left);
  return result;
};
