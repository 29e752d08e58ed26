/** Whether Proxmox takes `text` as one tag. It compares tags without case and mostly stores them in lower case. */
export const isTag = (text: string): boolean => /^[a-z0-9_][a-z0-9_+.-]*$/i.test(text);

/** The tags of a guest's configuration, as they are written there. */
export const readTags = (value: string | number | undefined): string[] =>
  String(value ?? '')
    .split(/[;,\s]+/)
    .filter((tag) => tag !== '');
