/** Why a dependency is usable or not. */
export type HealthState = { ok: boolean; detail: string };
export type HealthCheck = () => HealthState | Promise<HealthState>;

/** What this process needs in order to work, asked live. */
export type Health = {
  add(name: string, check: HealthCheck): void;
  read(): Promise<{ ready: boolean; dependencies: Record<string, HealthState> }>;
};

const checkLimitMs = 1500;

export function openHealth(): Health {
  const checks = new Map<string, HealthCheck>();
  return {
    add: (name, check) => void checks.set(name, check),
    async read() {
      const states = await Promise.all([...checks].map(async ([name, check]) => [name, await within(check)] as const));
      return { ready: states.every(([, state]) => state.ok), dependencies: Object.fromEntries(states) };
    },
  };
}

/** A check that hangs is a dependency that does not answer. */
async function within(check: HealthCheck): Promise<HealthState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthState>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${checkLimitMs} ms` }), checkLimitMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
