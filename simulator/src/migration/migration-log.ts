import type { Process } from '../clock.ts';
import { logLine, type Task, TaskFailure } from '../tasks.ts';
import type { World } from '../world.ts';
import { durationText } from './log-text.ts';

/** Progress lines beyond this many are left out. */
const LINES_MAX = 5_000;

/** Writes a migration's log and ends it in one of the ways Proxmox ends them. */
export class MigrationLog {
  readonly #world: World;
  readonly #task: Task;

  constructor(world: World, task: Task) {
    this.#world = world;
    this.#task = task;
  }

  info(text: string): void {
    logLine(this.#world, this.#task, text);
  }

  error(text: string): void {
    this.info(`ERROR: ${text}`);
  }

  /** A line a second: a migration that hangs for a day must not fill the memory. */
  progress(text: string): void {
    if (this.#task.log.length < LINES_MAX) this.info(text);
  }

  /** Lines of QEMU and of storage plugins carry no time stamp. */
  plain(text: string): void {
    if (this.#task.log.length < LINES_MAX) this.#task.log.push(text);
  }

  success(): void {
    this.info(`migration finished successfully (duration ${this.#duration()})`);
  }

  /** Nothing was changed: the guest stays where it is. */
  aborted(reason: string): never {
    this.error(`migration aborted (duration ${this.#duration()}): ${reason}`);
    throw new TaskFailure('migration aborted');
  }

  failPhase1(reason: string): never {
    this.error(reason);
    this.info('aborting phase 1 - cleanup resources');
    this.aborted(reason);
  }

  /** The running machine stays on the source; the half-started one on the target goes away. */
  *failPhase2(reason: string): Process {
    this.error(`online migrate failure - ${reason}`);
    this.info('aborting phase 2 - cleanup resources');
    this.info('migrate_cancel');
    yield 2_000;
    this.problems();
  }

  problems(reason?: string): never {
    if (reason) this.error(reason);
    this.error(`migration finished with problems (duration ${this.#duration()})`);
    throw new TaskFailure('migration problems');
  }

  #duration(): string {
    return durationText(this.#world.clock.nowMs() - this.#task.startMs);
  }
}
