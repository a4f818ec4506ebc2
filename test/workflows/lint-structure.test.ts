/** What the lint says of the structure of a document: each rule on a sound document with one fault, and on the sound one. */
import { describe, expect, test } from 'vitest';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

const SOUND = `# Postmortem of INC-7: Checkouts fail
Status: draft. P1. Review meeting on 2026-01-09.

## Summary
412 of 9,870 checkouts failed. It lasted 33 min.

## Impact
412 of 9,870 checkouts (4.2 %) failed for 33 min.

## Lead-up
The deploy of cart 4.2 began at 13:55 UTC.

## Detection
The alert “error rate” fired 4 min after the start of the impact.

## Trigger
The deploy of cart 4.2.

## Contributing factors
- Confirmed: the pool has 20 connections ([trace](https://example.org/t)).
- Likely: no test has the load of production.

## Resolution
Cart was rolled back to 4.1.

## Times
Time to detect 4 min, to resolve 33 min.

## Timeline
| When | What | Source |
| --- | --- | --- |
| 2026-01-06 13:55 UTC | the deploy of cart 4.2 begins | deploy |
| 2026-01-06 13:58 UTC | the first checkout fails: start of the impact | logs |
| 2026-01-06 14:02 UTC | the alert “error rate” fires | pager |
| 2026-01-06 14:03 UTC | the on-call engineer acknowledges it | pager |
| 2026-01-06 14:10 UTC | the status page says that checkouts fail | page |
| 2026-01-06 14:20 UTC | cart is rolled back to 4.1 | deploy |
| 2026-01-06 14:31 UTC | resolved: no checkout fails | logs |

## What went well
The alert fired after 4 min.

## What could improve
No alert watched the pool.

## Where we got lucky
Nothing noted.

## Lessons learned
Nothing noted.

## Action items
| What | Owner | Due | Type |
| --- | --- | --- | --- |
| Add an alert on waiting connections above 5 for 2 min | Kim | 2026-01-20 | detect |
| Set the pool of cart to 60 connections | platform team | 2026-01-13 | prevent |

## Responders
- Commander: Kim

## Similar incidents
None found in 12 incidents.

## Open questions
Nothing is open.

## Messaging
One update at 14:10 UTC.
`;

function rules(markdown: string): readonly string[] {
  return lintPostmortem(markdown).map(({ rule, blocks }) => `${rule}${blocks ? '!' : ''}`);
}

test('a sound document has nothing', () => {
  expect(lintPostmortem(SOUND)).toEqual([]);
});

describe('each rule', () => {
  test.each<readonly [fault: string, from: string | RegExp, to: string, found: readonly string[]]>([
    ['no lucky section', /## Where we got lucky\nNothing noted.\n/, '', ['section!']],
    ['no similar incidents', /## Similar incidents\n.*\n/, '', ['section']],
    ['an empty section', 'Nothing noted.\n\n## Lessons', '\n## Lessons', ['empty!']],
    ['a row without a day', '2026-01-06 14:03 UTC', '14:03 UTC', ['timeline!']],
    ['a row without a zone', '14:03 UTC', '14:03', ['timeline!']],
    ['rows out of order', '2026-01-06 14:03 UTC', '2026-01-06 14:33 UTC', ['timeline!']],
    [
      'a timeline that begins with the alert, and no lead-up',
      /## Lead-up\n.*\n|\|[^|]*\| the deploy of cart 4.2 begins.*\n|\|[^|]*\| the first checkout.*\n/g,
      '',
      ['section', 'duration!', 'timeline!'],
    ],
    ['no first response', 'the on-call engineer acknowledges it', 'a pod of cart ends', ['milestone!']],
    ['a row without a source', '| logs |\n\n', '| |\n\n', ['source']],
    [
      'no number in the impact',
      '412 of 9,870 checkouts (4.2 %) failed for 33 min',
      'Checkouts failed for 33 min',
      ['impact!'],
    ],
    ['no duration in the impact', ' failed for 33 min.', ' failed.', ['impact!']],
    ['another duration than the rows have', 'It lasted 33 min', 'It lasted 55 min', ['duration!']],
    ['a detection without its gap', ' fired 4 min after the start of the impact', ' fired', ['detection!']],
    ['a detection without a signal', 'The alert “error rate” fired', 'It took', ['detection!']],
    ['one factor', /- Likely: .*\n/, '', ['factors!']],
    ['a factor without evidence or standing', 'Likely: no test has the load', 'No test has the load', ['factors']],
    ['no trigger of its own', /## Trigger\n.*\n/, '', ['section']],
    [
      'a trigger among the factors',
      /## Trigger\n.*\n\n## Contributing factors/,
      '## Trigger and contributing factors',
      ['trigger!'],
    ],
    ['no times', /## Times\n.*\n/, '', ['times']],
    ['no state', 'Status: draft. P1', 'P1', ['state']],
    ['no day for the review', ' Review meeting on 2026-01-09.', '', ['review']],
    ['a late review', '2026-01-09', '2026-01-21', ['review']],
    ['an item without an owner', '| Kim | 2026-01-20', '| | 2026-01-20', ['action-item!']],
    ['an item without a day', '| 2026-01-20 |', '| |', ['action-item!']],
    ['only prevention', '| detect |', '| prevent |', ['action-types']],
    ['an outage that was none', '412 of 9,870 checkouts failed. It', 'An outage of cart. It', ['outage']],
    [
      'an acronym that is explained late',
      'No alert watched the pool.',
      'The CPQ, a connection pool queue (CPQ), was full.',
      ['acronym'],
    ],
  ])('%s', (_, from, to, found) => {
    const faulty = SOUND.replace(from, to);
    expect(faulty).not.toBe(SOUND);
    expect(rules(faulty)).toEqual(found);
  });

  test('says what to write, and where', () => {
    expect(lintPostmortem(SOUND.replace('| Kim | 2026-01-20', '| | 2026-01-20'))).toEqual([
      {
        rule: 'action-item',
        blocks: true,
        line: 55,
        text: expect.stringMatching(/^no owner: Add an alert/),
        advice: expect.stringContaining('(platform team, 2026-01-20)'),
      },
    ]);
  });
});

describe('is content', () => {
  test.each([
    ['the sentence that something is not known', 'checkouts (4.2 %) failed for 33 min.', 'The number is not known.'],
    ['an end that is not confirmed', 'failed for 33 min.', 'failed. The end is not confirmed.'],
  ])('with %s', (_, from, to) => {
    expect(rules(SOUND.replace(from, to))).toEqual([]);
  });

  test('with a day in the heading of the timeline', () => {
    const headed = SOUND.replace('## Timeline', '## Timeline of 2026-01-06, UTC');
    expect(rules(headed.replaceAll(/2026-01-06 (\d\d:\d\d) UTC/g, '$1'))).toEqual([]);
  });

  test('with “I” where the row names its author, and not elsewhere', () => {
    const first = (row: string) => rules(SOUND.replace('the on-call engineer acknowledges it | pager', row));
    expect(first('on-call: I look at it | Kim')).toEqual([]);
    expect(first('I look at it, as the on-call | ')).toEqual(['source', 'first-person']);
  });

  test('with a text that is no postmortem, and with one in another language', () => {
    expect(rules('# Notes\n\n## Timeline\n- 14:03 I restart it\n')).toEqual([]);
    expect(rules('## Zusammenfassung\n\n## Auswirkung\n\n## Ursache\n')).toEqual([]);
  });
});

describe('a document with marks, as Spanhound’s drafts have them', () => {
  let rows = 0;
  const marked = SOUND.replace('| When |', '| | When |')
    .replace('Source |\n| --- |', 'Source |\n| --- | --- |')
    .replaceAll(/\| (?=2026-01-06 )/g, () => `| T${++rows} | `)
    .replace('The deploy of cart 4.2.\n', 'The deploy of cart 4.2. (T1)\n')
    .replace('production.\n', 'production. (T2)\n');

  test('is sound if each mark leads to a row', () => {
    expect(lintPostmortem(marked)).toEqual([]);
  });

  test('names a mark without its row, and a cause without a mark', () => {
    expect(rules(marked.replace('(T2)', '(T99)'))).toEqual(['citation!']);
    expect(rules(marked.replace(' (T1)', ''))).toEqual(['citation!']);
  });
});

test.each([
  'EUR 12,400',
  '12,400 EUR',
  'CHF 900',
  '₹ 12,400',
  'INR 5 million',
  'Rs. 900',
  '1.2m AUD',
  'R$ 500',
  '900 yen',
])('an impact of %s has its number and its unit', (amount) => {
  const rules = (text: string) =>
    lintPostmortem(SOUND.replace('412 of 9,870 checkouts (4.2 %) failed', text)).map(({ rule }) => rule);
  expect(rules(`We lost ${amount}`)).not.toContain('impact');
  expect(rules('We lost API 3')).toContain('impact');
});
