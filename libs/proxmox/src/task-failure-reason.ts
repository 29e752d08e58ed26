import { withoutTime } from './migration-line.ts';

/** Says that it failed, not why. */
const EMPTY_WORDS = /^migration (aborted|problems|finished with problems)( \(duration [^)]*\))?$/;
const REASONS_MAX = 3;

/**
 * Why a task failed, in Proxmox's own words: its `ERROR:` lines without those that only say that it failed, else what it
 * printed last, else the exit status.
 */
export const taskFailureReason = (lines: string[], exitStatus: string | null): string => {
  const texts = lines.map(withoutTime).filter((text) => text !== '');
  const errors = texts
    .filter((text) => text.startsWith('ERROR: '))
    .map((text) => unwrapped(text.slice('ERROR: '.length)));
  const telling = errors.filter((text) => !EMPTY_WORDS.test(text)).flatMap((text) => spelledOut(text, texts));
  const distinct = [...new Set(telling)].filter(
    (text) => !telling.some((other) => other !== text && other.includes(text)),
  );
  if (distinct.length > 0) return distinct.slice(0, REASONS_MAX).join('; ');
  return commandOutput(texts) ?? endOf(texts, exitStatus);
};

/** `migration aborted (duration 00:00:01): reason` → `reason` */
const unwrapped = (text: string): string => /^migration aborted \(duration [^)]*\): (.+)$/.exec(text)?.[1] ?? text;

/** `… - check log` stands for the lines before it that name each obstacle. */
const spelledOut = (text: string, texts: string[]): string[] => {
  if (!/check log\W*$/.test(text)) return [text];
  const obstacles = texts
    .map((line) => line.replace(/^ERROR: /, ''))
    .filter((line) => /^can't migrate (?!VM\b)/.test(line));
  return obstacles.length === 0 ? [text] : obstacles;
};

/** A command that failed with nothing but its exit code has said why on the lines before. */
const commandOutput = (texts: string[]): string | null => {
  const end = texts.findIndex((text) => /^TASK ERROR: command .* failed: exit code \d+$/.test(text));
  const said = texts.slice(0, Math.max(0, end)).filter((text) => !text.startsWith('Requesting HA migration'));
  return said.length === 0 ? null : said.join(' ');
};

const endOf = (texts: string[], exitStatus: string | null): string => {
  const last = texts.findLast((text) => text.startsWith('TASK ERROR: '))?.slice('TASK ERROR: '.length);
  if (exitStatus === 'unexpected status')
    return 'the task ended without a word: its process was killed or its node failed';
  return last ?? exitStatus ?? 'no reason given';
};
