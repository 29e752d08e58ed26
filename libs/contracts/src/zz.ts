import * as c from './index.ts';
import { jsonSchemas } from './json-schema.ts';

for (const t of ['draft-2020-12', 'draft-7'] as const) {
  const s = jsonSchemas(t);
  for (const e of c.events) s.output(e.schema);
  if (t === 'draft-2020-12')
    for (const r of c.routes) {
      if (r.body) s.input(r.body);
      s.output(r.reply);
      if (r.params) {
        s.input(r.params);
        console.log(JSON.stringify(s.output(r.params)));
      }
      if (r.query) console.log(JSON.stringify([s.input(r.query), s.output(r.query)]));
    }
  console.log(Object.keys(s.components()).join(' '));
  console.log(
    JSON.stringify(s.components()[t === 'draft-7' ? 'Migration' : 'SettingsPatch'], null, 1).slice(
      0,
      t === 'draft-7' ? 4000 : 14000,
    ),
  );
  console.log(JSON.stringify(s.components()['Settings'], null, 1)?.slice(0, 3000));
}
