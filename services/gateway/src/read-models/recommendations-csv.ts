import type { Recommendation } from '@proxbalance/contracts';

const columns = [
  'vmid',
  'name',
  'type',
  'source_node',
  'target_node',
  'reason',
  'score_improvement',
  'confidence_score',
  'priority',
  'risk_level',
  'risk_score',
  'mem_gb',
] as const satisfies readonly (keyof Recommendation)[];

/** Recommendations as CSV (RFC 4180). No cell is a formula to a spreadsheet, whatever a guest is called. */
export const recommendationsCsv = (recommendations: readonly Recommendation[]): string =>
  [columns, ...recommendations.map((one) => columns.map((column) => one[column]))]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');

/** What a spreadsheet may take for the beginning of a formula: wide forms and leading blanks included. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** Numbers stay numbers, negative ones too. */
function cell(value: string | number | undefined): string {
  if (typeof value !== 'string') return String(value ?? '');
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
