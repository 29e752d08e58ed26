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
  return {
    has_ignore: all.some((tag) => tag === 'ignore' || tag === 'pb-ignore'),
    exclude_groups: all.filter((tag) => tag.startsWith('exclude_')),
    affinity_groups: all.filter((tag) => tag.startsWith('affinity_')),
    has_bindmount: all.includes('has-bindmount'),
    has_io_exempt: all.some((tag) => tag === 'io_exempt' || tag === 'proxbalance_io_exempt'),
    all_tags: all,
  };
}
