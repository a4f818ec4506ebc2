/** Notes as people type them, in stories that no script has: a dairy, a ferry, a museum, a water plant. */
import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { numbersCorrected } from '#model/incident/noted/corrected-numbers.ts';
import { isChange, isCondition, isDenial } from '#model/incident/noted-changes.ts';
import { healedItself } from '#model/incident/noted-ends.ts';
import { asksForPerson, withoutGuilt } from '#model/incident/noted-guilt.ts';
import { signIn } from '#model/incident/noted-signs.ts';
import { conditionsNoted, denialsNoted, nextTo } from '#model/incident/postmortem-deeds.ts';
import { numberIn } from '#model/incident/postmortem-numbers.ts';
import { drafted, entry, MINUTE, START, status } from '#test/noted-draft.ts';

const NO_MILESTONES = {} as Parameters<typeof signIn>[0]['milestones'];

function howNoticed(text: string): string | undefined {
  return signIn({ entries: [entry(22, text)], milestones: NO_MILESTONES })?.how;
}

describe('the first sign', () => {
  test.each([
    'milk pumps stand. page 03:12',
    'all cranes dark, page at 14:02',
    'pager seit 04:10, kühlung meldet lauter fehler',
    '監視が2:15に鳴った。ポンプが止まっている',
  ])('is a page: %s', (text) => expect(howNoticed(text)).toBe('alert'));

  test.each([
    'farmer rang from the valley, no tank opens',
    'tickets cannot be opened. reviews are one star since noon',
    'お客様から電話してきた',
  ])('is a report: %s', (text) => expect(howNoticed(text)).toBe('reported'));

  test.each([
    'vendor on the phone, they suspect the valve',
    'メーカーに電話した。異常なし',
    'mail from the ticket provider 02:13: "your export is ready"',
    'alarms of the smoke sensors come 5 min late',
  ])('is no report and no alert of ours: %s', (text) => expect(howNoticed(text) ?? '').not.toMatch(/alert|reported/u));
});

test.each([
  ['340 jarras rotas', 'nao sao 340 jarras, sao 287', '340', '287'],
  ['41 Pumpen tot', 'nicht 41, es sind 38 Pumpen', '41', '38'],
  ['73 bocaux ouverts', "pardon c'est 69 ouverts pas 73", '73', '69'],
  ['予約は820件', '予約は820件じゃなくて790件でした', '820', '790'],
  ['共有820张票', '不是820张，而是790张', '820', '790'],
  ['500 seats failed', 'that was wrong, 470 failed seats for the whole day, not 500', '500', '470'],
  ['17 boats wait', 'correct that, 15 boats wait', '17', '15'],
  ['1,140 bells rang late', 'no, 1,096 late, the rest were tests', '1,140', '1,096'],
])('a plain note corrects a number: %s | %s', (first, later, wrong, right) => {
  expect(numbersCorrected([entry(1, first), entry(2, later)])).toMatchObject([{ wrong, right }]);
});

test('the reason of a raise shows the number that a later note set right', () => {
  const raise = entry(30, 'P3 → P2: 17 boats wait', { kind: 'severity', value: 'P2' });
  const draft = drafted([raise, entry(40, 'correct that, 15 boats wait')]);
  expect(draft.said('What happened').join(' ')).toContain('[15] boats wait');
});

test.each([
  'we pushed nothing since tuesday',
  'we changed nothing on the pumps today',
  'wir haben seit gestern nichts geändert',
  "nous n'avons rien livré depuis lundi",
])('nothing was changed: %s', (text) => {
  expect(isChange(text)).toBe(false);
  expect(isDenial(text)).toBe(true);
});

test('a supplier that switched its pumps off is a change', () => {
  expect(isChange('supplier switched its pumps off at 05:48')).toBe(true);
  expect(isCondition('limit was the default, nobody ever set it')).toBe(true);
  expect(isCondition('so falta dizer q foi o gato')).toBe(false);
  expect(isCondition('falta um limite na bomba')).toBe(true);
});

test('nobody denies a change that somebody admits later', () => {
  const denial = entry(30, 'nobody changed the valve, no release since monday');
  const said = (more: readonly TimelineEntry[]) => denialsNoted({ entries: [denial, ...more] });
  expect(said([])).toEqual([denial]);
  expect(said([entry(60, 'ok so they did change it')])).toEqual([]);
});

test('a suspicion that is not there is ruled out, and is no condition', () => {
  const draft = drafted([entry(30, 'there is no lock. the museum is innocent')]);
  expect(draft.said('Ruled out').join(' ')).toContain('there is no lock. the museum is innocent');
  expect(
    conditionsNoted({ entries: [entry(30, 'there is no lock. the museum is innocent')], milestones: NO_MILESTONES }),
  ).toEqual([]);
});

test('the view of a member of a cluster counts nobody', () => {
  expect(numberIn(entry(1, 'node 2 sees 3 members but not 4'))).toBe('');
});

describe('the cause', () => {
  const confirmed = status(30, 'identified');

  test('is no question after a person at fault', () => {
    const told = entry(28, 'the list of valves is sorted by name since the update of friday, the other one by number');
    const accusing = entry(30, 'and who approved that? did anyone even look');
    expect(nextTo({ entries: [told, confirmed, accusing] }, confirmed)).toEqual([told]);
  });

  test('goes without the words about a person', () => {
    expect(asksForPerson('whoever reviewed that owes me a night')).toBe(true);
    expect(asksForPerson('who is affected')).toBe(false);
    expect(withoutGuilt('the flag opens a pump for each call. who reviewed that')).toBe(
      'the flag opens a pump for each call.',
    );
  });
});

describe('the end', () => {
  test.each(['healed itself at midnight', 'it cleared itself'])('came by itself: %s', (text) =>
    expect(healedItself(text)).toBe(true),
  );

  test('has the last deed that helped, and not only a remark', () => {
    const deed = entry(60, 'pulled the plug of pump B', { value: 'tried=helped' });
    const draft = drafted([deed, status(90, 'resolved', 'quiet since noon')]);
    expect(ended(draft)).toContain('pulled the plug of pump B');
  });

  test('has the last step of a note where nobody marked what helped', () => {
    const draft = drafted([entry(60, 'lock lifted on all pumps'), status(70, 'resolved', 'pumps run')]);
    expect(ended(draft)).toContain('lock lifted on all pumps');
  });

  test('has the answer that a note gives later to what was open', () => {
    const answer = entry(900, 'the museum called: the ticket portal was opened with a stolen account of their service');
    const draft = drafted([
      status(70, 'resolved', 'quiet. how the file left the ticket portal of the museum is open'),
      answer,
    ]);
    expect(ended(draft)).toContain('with a stolen account');
    expect(draft.said('Resolution').join(' ')).toContain('with a stolen account');
    expect(draft.said('Open questions')).toEqual([]);
  });

  function ended({ said }: ReturnType<typeof drafted>): string {
    return said('Summary').find((one) => one.startsWith('What ended it')) ?? '';
  }
});

test('the second spell counts by the clock of the author of the reopening', () => {
  const again = entry(854, 'resolved → investigating: late again since 22:38', {
    kind: 'status',
    value: 'investigating',
  });
  const story = [
    status(167, 'mitigated'),
    status(200, 'resolved', 'ok'),
    again,
    status(890, 'mitigated'),
    status(960, 'resolved', 'ok'),
  ];
  // 22:38 was 6 minutes before the reopening at 04:44 UTC for somebody 6 h behind.
  expect(START + 854 * MINUTE).toBe(Date.UTC(2025, 0, 7, 4, 44) * 1_000);
  const draft = drafted(story, { clocks: new Map([[again.id, -360]]) });
  expect(draft.said('Summary').join(' ')).toContain('and 42 min more');
});

test('how it turned out counts from what helped, also before the end', () => {
  const deed = entry(60, 'pulled the plug of pump B', { value: 'tried=helped' });
  const draft = drafted([deed, entry(80, 'all 15 tickets saved, none lost'), status(90, 'resolved', 'quiet')]);
  expect(draft.said('Summary').join(' ')).toContain('none lost');
});

test('a number that somebody counted anew is of the harm, also where it waits', () => {
  const draft = drafted([
    entry(30, '142 crates gone'),
    entry(40, '640 guests wait for their seat'),
    entry(50, 'it was 613 guests in the end, not 640'),
  ]);
  expect(draft.said('Summary').join(' ')).toContain('613');
});

test('the cause has the note before a confirmation that tells too little', () => {
  const draft = drafted([
    entry(26, 'the valve tool shows a number and no name, and nothing says that it is ours'),
    entry(29, 'saw the same here'),
    status(30, 'identified'),
  ]);
  expect(draft.said('Summary').join(' ')).toContain('shows a number and no name');
});
