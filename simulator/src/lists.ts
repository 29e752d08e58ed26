/** Proxmox writes lists with comma, semicolon, white space or NUL between the items. */
export function splitList(text: string): string[] {
  return text.split(/[,;\0\s]+/).filter((item) => item !== '');
}
