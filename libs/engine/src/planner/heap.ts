/** A queue that gives the cheapest first. */
export class Heap<T> {
  readonly #entries: { readonly cost: number; readonly value: T }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  push(cost: number, value: T): void {
    const entries = this.#entries;
    const entry = { cost, value };
    let index = entries.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = entries[parent];
      if (!above || above.cost <= cost) break;
      entries[index] = above;
      index = parent;
    }
    entries[index] = entry;
  }

  pop(): T | undefined {
    const entries = this.#entries;
    const [first] = entries;
    const last = entries.pop();
    if (!first || !last || entries.length === 0) return first?.value;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child =
        (entries[left + 1]?.cost ?? Number.POSITIVE_INFINITY) < (entries[left]?.cost ?? 0) ? left + 1 : left;
      const below = entries[child];
      if (!below || below.cost >= last.cost) break;
      entries[index] = below;
      index = child;
    }
    entries[index] = last;
    return first.value;
  }
}
