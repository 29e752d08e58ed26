import { expect, test } from 'vitest';
import { deriveTags } from './guest-tags.ts';

test.each([
  ['semicolons', ['web;db'], ['web', 'db']],
  ['commas', ['web,db'], ['web', 'db']],
  ['blanks, tabs and line ends', [' web\tdb\n'], ['web', 'db']],
  ['all of them, and empty ones', [';web;;, db ,;'], ['web', 'db']],
  ['one a piece', ['web', 'db'], ['web', 'db']],
  ['any spelling, once', ['Web;WEB', 'web'], ['web']],
  ['none', [], []],
])('tags are separated by %s', (_, tags, all) => {
  expect(deriveTags(tags).all_tags).toEqual(all);
});

test.each([
  ['ignore', { has_ignore: true }],
  ['Pb-Ignore', { has_ignore: true }],
  ['ignored', { has_ignore: false }],
  ['EXCLUDE_db', { exclude_groups: ['exclude_db'] }],
  ['exclude-db', { exclude_groups: [] }],
  ['affinity_app', { affinity_groups: ['affinity_app'] }],
  ['has-bindmount', { has_bindmount: true }],
  ['io_exempt', { has_io_exempt: true }],
  ['proxbalance_io_exempt', { has_io_exempt: true }],
  ['no-auto-migrate', { has_no_auto_migrate: true, has_auto_migrate_ok: false }],
  ['No_Auto_Migrate', { has_no_auto_migrate: true }],
  ['auto-migrate-ok', { has_auto_migrate_ok: true, has_no_auto_migrate: false }],
  ['auto_migrate_ok', { has_auto_migrate_ok: true }],
])('%s means what it says', (tag, meaning) => {
  expect(deriveTags([tag])).toMatchObject(meaning);
});
