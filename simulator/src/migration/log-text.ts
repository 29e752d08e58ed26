const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `515.4 MiB`: IEC units, one decimal, as Proxmox renders bytes in task logs. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** `00:01:20`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

export function mirrorText(
  job: string,
  sentBytes: number,
  totalBytes: number,
  seconds: number,
  ready: boolean,
): string {
  const percent = totalBytes === 0 ? 100 : (sentBytes / totalBytes) * 100;
  const amount = `${bytesText(sentBytes)} of ${bytesText(totalBytes)} (${percent.toFixed(2)}%)`;
  return `${job}: transferred ${amount} in ${secondsText(seconds)}${ready ? ', ready' : ''}`;
}

/** `1m 5s`, as the block job monitor prints it. */
function secondsText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}h ` : ''}${Math.floor(whole / 60) % 60}m ${whole % 60}s`;
}
