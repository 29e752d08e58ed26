/** `migration.*,node.status-changed` as a test; nothing given means every type. */
export function typeFilter(types: string | undefined): (type: string) => boolean {
  if (!types) return () => true;
  const patterns = types.split(',').map((pattern) => pattern.split('*'));
  return (type) => patterns.some((parts) => fits(type, parts));
}

/** Whether the parts between the wildcards occur in this order. No regular expression: many wildcards would tie it up. */
function fits(type: string, [first = '', ...rest]: string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return type === first;
  if (!type.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = type.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return type.length - last.length >= at && type.endsWith(last);
}
