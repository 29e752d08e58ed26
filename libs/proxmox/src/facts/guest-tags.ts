import type { GuestTags } from '@proxbalance/contracts';

/** Reads tags the one way there is: separated by `;`, `,` or white space, compared in lower case. */
export function deriveTags(tags: readonly string[]): GuestTags {
  const all = [
    ...new Set(
      tags
        .flatMap((tag) => tag.split(/[;,\s]+/))
        .map((tag) => tag.toLowerCase())
        .filter(Boolean),
    ),
  ];
  const hasOne = (...spellings: string[]) => spellings.some((tag) => all.includes(tag));
  return {
    has_ignore: hasOne('ignore', 'pb-ignore'),
    exclude_groups: all.filter((tag) => tag.startsWith('exclude_')),
    affinity_groups: all.filter((tag) => tag.startsWith('affinity_')),
    has_bindmount: hasOne('has-bindmount'),
    has_io_exempt: hasOne('io_exempt', 'proxbalance_io_exempt'),
    has_no_auto_migrate: hasOne('no-auto-migrate', 'no_auto_migrate'),
    has_auto_migrate_ok: hasOne('auto-migrate-ok', 'auto_migrate_ok'),
    all_tags: all,
  };
}
