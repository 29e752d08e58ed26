/** A process yields the virtual milliseconds it wants to wait; it is resumed at exactly that virtual instant. */
export type Process = Generator<number, void, void>;

/** A process that was started: it can be woken with an error, or dropped as `kill -9` would. */
export interface RunningProcess {
  interrupt(error: Error): void;
  drop(): void;
}

export interface Clock {
  /** Virtual epoch milliseconds. Everything due until then has happened when this returns. */
  nowMs(): number;
  /** Runs `action` at the virtual instant; the returned function cancels it. */
  at(atMs: number, action: () => void): () => void;
  start(process: Process): RunningProcess;
  advance(seconds: number): void;
  readonly originMs: number;
  readonly speed: number;
  close(): void;
}

interface Event {
  atMs: number;
  sequence: number;
  action: () => void;
}

/** setTimeout treats more than 2^31 - 1 ms as 1 ms. */
const TIMER_MS_MAX = 2_000_000_000;

/**
 * A discrete-event clock: events run in the order of their virtual time and see exactly that time, however late the
 * real timer fires. Advancing a week costs only the events inside it.
 */
export function createClock(originMs: number, speed: number): Clock {
  const realStartMs = performance.now();
  const events: Event[] = [];
  let advancedMs = 0;
  let sequence = 0;
  /** Set while an event runs: its own time, and the guard against running events inside events. */
  let eventTimeMs: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const wallMs = () => originMs + (performance.now() - realStartMs) * speed + advancedMs;

  function catchUp(): number {
    const untilMs = wallMs();
    for (let next = events[0]; next && next.atMs <= untilMs && !closed; next = events[0]) {
      events.shift();
      eventTimeMs = next.atMs;
      try {
        next.action();
      } finally {
        eventTimeMs = null;
      }
    }
    arm();
    return untilMs;
  }

  function arm(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const next = events[0];
    if (!next || closed) return;
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(1, (next.atMs - wallMs()) / speed));
    timer = setTimeout(catchUp, delayMs);
    timer.unref();
  }

  function nowMs(): number {
    return eventTimeMs ?? catchUp();
  }

  function at(atMs: number, action: () => void): () => void {
    const event: Event = { atMs, sequence: sequence++, action };
    let index = events.length;
    while (index > 0 && isAfter(events[index - 1], event)) index -= 1;
    events.splice(index, 0, event);
    if (index === 0 && eventTimeMs === null) arm();
    return () => {
      const found = events.indexOf(event);
      if (found >= 0) events.splice(found, 1);
    };
  }

  function start(process: Process): RunningProcess {
    let cancel = () => {};
    let finished = false;
    const settle = (step: IteratorResult<number, void>) => {
      // A process may have been dropped by what it just did.
      if (finished) return;
      if (step.done) finished = true;
      else cancel = at(nowMs() + step.value, () => settle(process.next()));
    };
    settle(process.next());
    return {
      interrupt(error) {
        cancel();
        if (!finished) settle(process.throw(error));
      },
      drop() {
        cancel();
        finished = true;
      },
    };
  }

  return {
    nowMs,
    at,
    start,
    originMs,
    speed,
    advance(seconds) {
      advancedMs += seconds * 1000;
      catchUp();
    },
    close() {
      closed = true;
      if (timer) clearTimeout(timer);
    },
  };
}

function isAfter(left: Event | undefined, right: Event): boolean {
  if (!left) return false;
  return left.atMs > right.atMs || (left.atMs === right.atMs && left.sequence > right.sequence);
}
