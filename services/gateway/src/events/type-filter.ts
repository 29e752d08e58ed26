/** `migration.*,node.status-changed` as a test; nothing given means every type. */
export function typeFilter(types: string | undefined): (type: string) => boolean {
  if (!types) return () => true;
  const patterns = types.split(',').map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
  return (type) => patterns.some((pattern) => pattern.test(type));
}
