import { expect, test } from 'vitest';
import { aRecommendation } from '../../../../tests/support/nouns.ts';
import { recommendationsCsv } from './recommendations-csv.ts';

const header =
  'vmid,name,type,source_node,target_node,reason,score_improvement,confidence_score,priority,risk_level,risk_score,mem_gb';

test('columns in their order, a row for each recommendation', () => {
  expect(recommendationsCsv([])).toBe(`${header}\r\n`);
  expect(recommendationsCsv([aRecommendation({ name: 'web', reason: 'busy, "hot"' })])).toBe(
    `${header}\r\n100,web,VM,pve1,pve2,"busy, ""hot""",60,80,medium,low,10,8\r\n`,
  );
});

test('a move that makes a guest worse keeps its number', () => {
  expect(recommendationsCsv([aRecommendation({ score_improvement: -3.5 })])).toContain(',-3.5,');
});

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd', "'+cmd"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'  =1"],
  ['\t=1', "'\t=1"],
  ['＝1', "'＝1"],
  ['=a,b', `"'=a,b"`],
  ['a\r\n=b', '"a\r\n=b"'],
  ['web-1', 'web-1'],
])('a guest called %j is no formula', (name, cell) => {
  expect(recommendationsCsv([aRecommendation({ name })])).toContain(`100,${cell},VM`);
});
