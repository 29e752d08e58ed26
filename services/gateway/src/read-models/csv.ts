type Cell = string | number | null | undefined;

/** Rows as CSV (RFC 4180), with a header. No cell is a formula to a spreadsheet, whatever a guest is called. */
export const csvOf = <C extends string>(columns: readonly C[], rows: readonly { [name in C]?: Cell }[]): string =>
  [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');

/** What a spreadsheet may take for the beginning of a formula: wide forms and leading blanks included. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** Numbers stay numbers, negative ones too. */
function cell(value: Cell): string {
  if (typeof value !== 'string') return String(value ?? '');
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
