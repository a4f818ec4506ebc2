/** The draft of the guide's incident in each of its forms, and what hostile words become in them. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Postmortem } from '#model/incident/postmortem.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { postmortemJson } from '#present/json/postmortem-json.ts';
import { postmortemPictures } from '#present/pictures/postmortem-pictures.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { postmortemMessage, unacceptedMessage } from '#present/slack/postmortem-message.ts';
import { recordFeedback } from '#record/feedback.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Store } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { COMMANDER, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { markerOf } from '#test/planted-evidence.ts';
import { planting } from '#test/planted-exits.ts';
import { leaks } from '#test/planted-secrets.ts';
import { shared } from '#test/shared-files.ts';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';
import { comparedWith, readPostmortem, readRecord } from '#workflows/postmortem/read-postmortem.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';

const NAMES = new Map([
  [ON_CALL, 'Sarah'],
  [COMMANDER, 'Mike'],
]);

async function postmortemIn(
  store: Store,
  id: string,
  otherNames?: ReadonlyMap<string, readonly string[]>,
): Promise<Postmortem> {
  const incident = await findIncident(store, { workspaceId: TEAM, id });
  if (incident === undefined) throw new Error('the incident is not there');
  const compared = await comparedWith(store, incident, SHOW_ALL);
  return await readPostmortem(store, incident, { names: NAMES, ...(otherNames && { otherNames }), compared });
}

test.each([
  ['at its declaration', { until: 'declared' }],
  ['at its end, without action items', { actionItems: false }],
  ['at its end', {}],
] as const)('the draft of an incident %s passes its own lint', async (_, options) => {
  const { store, incident } = await guideIncident(options);
  const markdown = postmortemMarkdown({ postmortem: await postmortemIn(store, incident.id), names: NAMES });
  expect(lintPostmortem(markdown)).toEqual([]);
});

/** The objective, and the entry that tells it. */
async function recordIn(store: Store, id: string) {
  const incident = await findIncident(store, { workspaceId: TEAM, id });
  if (incident === undefined) throw new Error('the incident is not there');
  const compared = await comparedWith(store, incident, SHOW_ALL);
  const { objective, entries } = await readRecord(store, incident, { names: NAMES, compared });
  return { alert: objective, name: entries.find((entry) => entry.id === objective?.entryId)?.text };
}

describe("the guide's incident", () => {
  let shown: Readonly<{ postmortem: Postmortem; names: typeof NAMES }>;
  let markdown: string;

  beforeEach(async () => {
    if (markdown !== undefined) return; // once is enough: nothing here changes it
    const { store, incident } = await guideIncident();
    shown = { postmortem: await postmortemIn(store, incident.id), names: NAMES };
    markdown = postmortemMarkdown(shown);
  });

  test('no form shows a part of a secret in any sentence, whoever wrote it', () => {
    const plant = planting(0, 'whole');
    const postmortem = JSON.parse(JSON.stringify(shown.postmortem), (_, value) =>
      typeof value === 'string' && value.includes(' ') ? plant('log line', value) : value,
    );
    const forms = [postmortemMarkdown, postmortemHtml, postmortemJson].map((write) =>
      write({ postmortem, names: NAMES }),
    );
    for (const form of forms) {
      const text = typeof form === 'string' ? form : JSON.stringify(form);
      expect(text).toContain(markerOf('log line'));
      expect(leaks(text)).toEqual([]);
    }
  });

  test('took 0, 3, 10 and 30 minutes', () => {
    expect(shown.postmortem.metrics).toEqual({
      detectionMinutes: 0,
      confirmationMinutes: 3,
      repairMinutes: 10,
      durationMinutes: 30,
    });
    expect(markdown).toMatch(
      /\*\*Detection\*\* \| unknown \| nobody entered when the impact began[\s\S]+\*\*Confirmation\*\* \| 3 min[\s\S]+\*\*Repair\*\* \| 10 min[\s\S]+\*\*Duration\*\* \| 30 min/,
    );
  });

  test('has every section of the template and of a good postmortem, in the order in which it is read', () => {
    expect(markdown.match(/^##+ .+$/gm)).toEqual([
      '## Summary',
      '### Times',
      '## Impact',
      '## What happened',
      '### Detection',
      '### Resolution',
      '### Messaging',
      '### Timeline',
      '## Why did it happen',
      '### Trigger',
      '### Contributing factors',
      '### Ruled out',
      "## Why wasn't it caught earlier",
      '## What went well',
      '### Where we got lucky',
      '## What could improve',
      '### Difficulties',
      '## Action items',
      '## Responders',
      '## Evidence',
      '## Open questions',
      '## Lead-up, Lessons learned, Similar incidents',
    ]);
  });

  test('gives the chain from the pool to the missing index, each step with its evidence', () => {
    expect(markdown).toMatch(
      /- Why 1: .*user-service waits 4\.62 s for a database connection: 21 wanted, the pool has 20.* \(F1\)/,
    );
    expect(markdown).toContain(
      '- Why 2: user-service: one query holds a connection for 540 ms (users.email has no index). (F2)',
    );
    expect(markdown).toContain('- Why 3: The log says: “Seq Scan on users”. (E1)');
    expect(markdown).toContain('- [ ] What answers why 4, “Why does the database read so much for it?”');
    expect(markdown).toMatch(/\| F2 \| .+ \| E1 \| log line of 2025-01-06 14:31:01 UTC: Seq Scan on users \|/);
    expect(markdown).toMatch(/\| E1 \| trace drawn \| cases\/guide-investigation \| (ab){32} \|/);
  });

  test('cites a log line by its time as people read it, not in nanoseconds', () => {
    const html = postmortemHtml(shown);
    expect(html).toContain('log line of <span class="date">2025-01-06</span> 14:31:00 UTC');
    for (const form of [markdown, html.replaceAll(/<\/?span[^>]*>/g, '')]) {
      expect(form).toContain('log line of 2025-01-06 14:31:00 UTC: unable to acquire connection');
      expect(form).not.toMatch(/\d{16}/);
    }
  });

  test('a log line without a time, and many requests instead of a trace', () => {
    const named = JSON.parse(JSON.stringify(shown.postmortem)) as typeof shown.postmortem;
    const [finding] = named.findings;
    const [diagnosed] = named.evidence;
    if (finding === undefined || diagnosed === undefined) throw new Error('the draft has no evidence');
    const affected = { service: 'user-service', requests: 12, failed: 3, slow: 0, fromUs: 0, toUs: 1 };
    const evidence = [{ ...diagnosed, traceId: '', affected }];
    const findings = [{ ...finding, evidence: [{ kind: 'log', ref: '0', text: 'no clock' }] }];
    const text = postmortemMarkdown({ postmortem: { ...named, findings, evidence }, names: NAMES });
    expect(text).toContain('| log line: no clock |');
    expect(text).toContain('| E1 | requests to user-service |');
  });

  test('has the timeline with dates in UTC, oldest first, and the source of each entry', () => {
    const rows = markdown.match(/^\| \[?T\d.+$/gm) ?? [];
    expect(rows).toHaveLength(9);
    const instants = rows.map((row) => /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/.exec(row)?.[0] ?? '');
    expect(instants).toEqual([...instants].sort());
    expect(instants[0]).toBe('2025-01-06 14:30:00 UTC');
    expect(rows.at(-1)).toMatch(/Error rate 0 %.+\| Sarah \|$/);
  });

  test('names its action items with owner and day', () => {
    expect(markdown).toContain('| A1 | Add an alert on query latency over 1 s for 5 min | Sarah | 2025-01-13 | open |');
    expect(markdown).toContain('| A2 | Run the load test in CI against a copy of users | Platform team | 2025-02-10 |');
  });

  test('names people as responders and in the timeline alone', () => {
    for (const section of markdown.split(/^(?=##+ )/m)) {
      if (/^##+ (Timeline|Responders|Action items)$/m.test(section)) continue;
      expect(section).not.toMatch(/Sarah|Mike|U0/);
    }
    expect(markdown).toContain('5 min after the first alert: “the incident commander scaled up the web instances; ');
  });

  test('reads the objective of its alert', async () => {
    const { store, incident } = await guideIncident({ alertLabels: { slo_objective: '99.9', slo_period: '30d' } });
    const { name, alert } = await recordIn(store, incident.id);
    expect(alert).toMatchObject({ target: 0.999, days: 30, entryId: expect.any(String) });
    expect(name).toContain('Error rate of user-service');
  });

  test('is marked as an unaccepted draft', () => {
    expect(markdown).toContain('Draft, made from the incident record. Nobody has accepted it yet.');
    expect(postmortemHtml(shown)).toContain('Draft, made from the incident record.');
    expect(postmortemJson(shown).state).toBe('draft');
    expect(JSON.stringify(postmortemMessage(shown).blocks)).toContain('Nobody has accepted it yet');
  });

  test('is the same from the same record', async () => {
    const { store, incident } = await guideIncident();
    expect(postmortemMarkdown({ postmortem: await postmortemIn(store, incident.id), names: NAMES })).toBe(markdown);
  });

  test.each([
    ['a person as a cause', /\b(human|operator|user) error\b|\b(forgot|neglected|careless|to blame)\b/i],
    ['one cause alone', /\b(the|single|sole|only|real) root cause\b/i],
    ['another past', /\b(should|could|would)(n't| not)? have\b|\bif only\b/i],
    ['hindsight', /\b(obviously|clearly|in hindsight|trivially)\b/i],
    [
      'a vague amount',
      /\b(several|many|most|significantly|quickly) (users|customers|requests|errors|alerts|impact)\b/i,
    ],
    ['a time that needs a "now"', /\b(yesterday|this morning|minutes (ago|later))\b/i],
    ['what a template left over', /\bTODO\b|\bTBD\b|\?\?|\{\{|<[A-Z ]{4,}>/],
    ['a why-question to a person', /\bwhy (did|didn't) (he|she|they|you)\b/i],
  ])('holds no words of %s', (_, words) => {
    expect(markdown).not.toMatch(words);
  });

  test('has the steps and the path of the request as pictures, for a desk and for a phone', () => {
    const html = postmortemHtml(shown);
    const [steps = '', path = ''] = [...html.matchAll(/<figure>.*?<\/figure>/gs)].map(([figure]) => figure);
    expect([...steps.matchAll(/<svg /g)]).toHaveLength(2);
    expect(steps).toContain(
      '<desc id="steps-page-desc">First alert 0; Acknowledged +15 s; Identified +3 min; Mitigated +5 min; Fixed +10 min; End confirmed +30 min</desc>',
    );
    expect(steps).toMatch(/>10 min<\/text>/);
    expect(path).toContain('Where the time of GET /users went, by operation on its critical path (E1)');
    expect(path).toContain('user-service acquire connection 4.62 s; user-service SELECT 540 ms');
    const none = { ...shown.postmortem, steps: [], evidence: [] };
    expect(postmortemHtml({ ...shown, postmortem: none })).not.toContain('<svg');
  });

  test('shows when it began, with the changes of that time, and a healthy request beside the diagnosed one', () => {
    const { postmortem } = shown;
    const atUs = Date.UTC(2025, 0, 6, 14) * 1_000;
    const stretch = { isHealthy: false, fromUs: atUs, toUs: atUs + 3_600_000_000 };
    const slots = [0, 3].map((failed) => ({ requests: 6, failed, medianUs: 20_000 }));
    const affected = { service: 'user-service', requests: 12, failed: 3, slow: 0, fromUs: 0, toUs: 1 };
    const [first, ...others] = postmortem.evidence;
    if (first === undefined) throw new Error('the draft has no evidence');
    const drawn = {
      ...first,
      affected: { ...affected, overTime: [{ ...stretch, slots }] },
      changes: [{ atUs: atUs + 60_000_000, text: 'deploy of web: 4f2a1c' }],
      healthy: { startUs: atUs, durationUs: 30_000, path: first.path ?? [] },
    };
    const timeline = postmortem.timeline.map((row, at) =>
      at === 0
        ? { ...row, kind: 'change' as const, atUs: atUs + 60_000_000, text: 'deploy of web: 4f2a1c, the suspect' }
        : row,
    );
    const pictured = { ...shown, postmortem: { ...postmortem, timeline, evidence: [drawn, ...others] } };
    const html = postmortemHtml(pictured);
    const impact = html.slice(html.indexOf('<h2>Impact</h2>'), html.indexOf('<h2>What happened</h2>'));
    expect(impact).toContain('When it began: requests to user-service over time, and the changes of that time (E1)');
    expect(impact.match(/T1 14:01:00 deploy of web: 4f2a1c, the suspect<\/text>/g)).toHaveLength(2);
    expect(impact).not.toContain('E1 14:01:00');
    expect(html).toContain('by operation on its critical path, beside a healthy one (E1)');
    expect(postmortemPictures(pictured.postmortem).map(({ id }) => id)).toEqual(['onset', 'steps', 'path']);
    expect(postmortemPictures(postmortem).map(({ id }) => id)).toEqual(['steps', 'path']);
  });

  test('is a page without scripts whose citations link to its parts', () => {
    const html = postmortemHtml(shown);
    expect(html).not.toMatch(/<script|javascript:|\son\w+=/i);
    expect(html).toContain("default-src 'none'");
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, mark] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(mark);
  });

  test('gives programs the same statements with their citations', () => {
    const json = postmortemJson(shown);
    expect(json).toMatchObject({
      schema: 'spanhound.postmortem/1',
      incident: { id: 'INC-1', severity: 'P1', status: 'resolved' },
      metrics: { detectionMinutes: 0, confirmationMinutes: 3, repairMinutes: 10, durationMinutes: 30 },
      reviewBy: '2025-01-13T15:00:00.000Z',
    });
    expect(json.timeline[0]).toMatchObject({
      mark: 'T1',
      at: '2025-01-06T14:30:00.000Z',
      sincePreviousSeconds: null,
      notedAt: null,
      kind: 'alert',
    });
    expect(json.sections.find(({ title }) => title === 'Summary')?.statements).toContainEqual({
      text: 'How long: 30 min, from the first alert to the confirmed end. Until it was mitigated, it took 5 min.',
      cites: ['T1', 'T9', 'T7'],
    });
  });

  test('fits into a Slack message with its times, open questions and buttons', () => {
    const message = postmortemMessage(shown);
    expect(blockProblems(message.blocks)).toEqual([]);
    expect(message.text).toBe(
      'Postmortem of INC-1: Users cannot sign in. Draft. Detection unknown, Confirmation 3 min, Repair 10 min, Duration 30 min',
    );
    const said = JSON.stringify(message.blocks);
    expect(said).toMatch(/\d+ questions for people/);
    expect(said).toContain('action_item_add');
    expect(said).not.toContain('"user_id"');
  });

  test('shows below the draft what people should rewrite, the first few in Slack, until it is accepted', () => {
    const rewrites = ['a', 'b', 'c', 'd', 'e'].map((letter) => ({
      mark: 'T2',
      sentence: `We should have seen ${letter}`,
      rule: 'hindsight' as const,
      blocks: false,
      advice: 'Say what happened.',
    }));
    const unread = { ...shown, postmortem: { ...shown.postmortem, rewrites } };
    const slack = JSON.stringify(postmortemMessage(unread).blocks);
    expect(slack).toContain('T2: “We should have seen c” ');
    expect(slack).not.toContain('We should have seen d');
    expect(slack).toContain('and 2 sentences more, at the end of the file');
    expect(blockProblems(postmortemMessage(unread).blocks ?? [])).toEqual([]);
    const text = postmortemMarkdown(unread);
    expect(text).toContain(
      '- T2: “We should have seen a” judges by what was known only afterwards. Say what happened.',
    );
    expect(text).toContain('- T2: “We should have seen e” judges by what was known only afterwards.\n');
    for (const form of [text, postmortemHtml(unread), slack]) expect(form.split('Say what happened.')).toHaveLength(2);
    expect(lintPostmortem(text).map(({ rule }) => rule)).not.toContain('hindsight');
    expect(postmortemHtml(unread)).toContain('<a href="#T2">T2</a>: “We should have seen e”');
    expect(postmortemJson(unread).rewrites).toHaveLength(5);

    const acceptance = { by: ON_CALL, atUs: 0, later: 0, changed: 0 };
    const accepted = { ...unread, postmortem: { ...unread.postmortem, acceptance } };
    for (const form of [postmortemMarkdown, postmortemHtml]) expect(form(accepted)).not.toContain('To rewrite');
    expect(JSON.stringify(postmortemMessage(accepted))).not.toContain('To rewrite');
  });

  test('on paper a heading stays with what follows it', () => {
    expect(postmortemHtml(shown)).toMatch(/h1, h2, h3[^{]*\{[^}]*break-after: avoid/);
  });

  test('meets the rules that good postmortems are checked by', () => {
    const { sections, text_rules: textRules } = shared.json<Rules>('postmortem-checks.json');
    const headings = (markdown.match(/^##+ .+$/gm) ?? []).map((heading) => heading.toLowerCase());
    const absent = sections.filter(
      ({ any_of }) => !any_of.some((name) => headings.some((heading) => heading.includes(name))),
    );
    expect(absent.map(({ id }) => id)).toEqual([]);
    const broken = textRules.filter(({ regex }) => {
      const flags = regex.startsWith('(?m)') ? 'im' : 'i';
      return new RegExp(regex.replace('(?m)', '').replaceAll('{PERSON}', 'Sarah|Mike'), flags).test(markdown);
    });
    // `T10` takes the template's own heading "Why wasn't it caught earlier" for a time.
    expect(broken.map(({ id }) => id).filter((id) => id !== 'T10')).toEqual([]);
  });
});

type Rules = Readonly<{
  sections: readonly Readonly<{ id: string; any_of: readonly string[] }>[];
  text_rules: readonly Readonly<{ id: string; regex: string }>[];
}>;

test('the reminder mentions a person, and never anything that Slack would refuse', async () => {
  const { incident } = await guideIncident();
  const said = (owner: string) => JSON.stringify(unacceptedMessage(incident, { owner, isChanged: false }));
  expect(said(COMMANDER)).toContain(`"user_id":"${COMMANDER}"`);
  for (const nobody of ['', 'pagerduty', '<!channel>']) expect(said(nobody)).not.toContain('user_id');
});

describe('people', () => {
  const OTHER_NAMES = new Map([
    [ON_CALL, ['Sarah', 'Sarah Connor', 'sarah.c']],
    [COMMANDER, ['Mike', 'Mike O’Brien']],
    ['U0KIM0001', ['kim', 'Kim Lee']],
  ]);
  const WRITTEN = `Kim dropped it, KIM LEE’s script, <@${ON_CALL}|sarah.c>, @mike, sarah connor, ${COMMANDER}, Mike’s`;
  const NAME = /\b(?:kim|lee|sarah|connor|mike|o’brien)\b|U0[A-Z]/i;

  const KINDS = ['note', 'message', 'image', 'change', 'update', 'action', 'metric'] as const;

  /** The guide's incident, with people named wherever somebody or something can name them. */
  async function named(): Promise<Postmortem> {
    const { store, incident } = await guideIncident();
    const incidentId = incident.id;
    await store.db.updateTable('incidents').set({ title: WRITTEN, detection: WRITTEN }).execute();
    await store.db.updateTable('action_items').set({ text: WRITTEN }).execute();
    const { report } = await store.db.selectFrom('investigations').select('report').executeTakeFirstOrThrow();
    await store.db
      .updateTable('investigations')
      .set({ report: reportNaming(report ?? '') })
      .execute();
    await store.transaction(async (tx) => {
      for (const [at, kind] of KINDS.entries()) {
        const [source, agoUs] = at % 2 === 0 ? ['github', 7_200_000_000] : [ON_CALL, 0];
        const entry = { kind, text: WRITTEN, source, link: '', incidentId, key: `p${at}`, atUs: tx.nowUs - agoUs };
        await addEntry(tx, entry);
      }
    });
    return await postmortemIn(store, incidentId, OTHER_NAMES);
  }

  function reportNaming(report: string): string {
    const named = JSON.parse(report.replaceAll('user-service waits', `${WRITTEN} waits`));
    for (const found of named.findings) for (const item of found.evidence) item.text = WRITTEN;
    named.gaps = [{ source: 'loki', problem: WRITTEN, consequence: WRITTEN }];
    named.methods.fiveWhys.symptom = WRITTEN;
    return JSON.stringify(named);
  }

  test('are named where a reader must know who to ask, and nowhere else', async () => {
    const shown = { postmortem: await named(), names: NAMES };
    const markdown = postmortemMarkdown(shown);
    const html = postmortemHtml(shown);
    expect(markdown).toMatch(/\*\*Note\*\* a responder dropped it, a responder’s script/);

    const rest = markdown
      .replace(/^## Responders\n[\s\S]*?(?=^## )/m, '')
      .replace(/\| [^|]* \|$/gm, '|') // who said so
      .replace(/^(\| A\d+ \| .* \|) [^|]* (\| [^|]* \|)$/gm, '$1$2'); // who owns it
    expect(rest).not.toMatch(NAME);
    const inHtml = html
      .replace(/<h2>Responders<\/h2>.*?<\/section>/s, '')
      .replace(/<td class="words" data-head="(?:Source|Owner)">[^<]*<\/td>/g, '');
    expect(inHtml).not.toMatch(NAME);

    const { timeline, actionItems, sections, ...json } = postmortemJson(shown);
    const inJson = {
      ...json,
      sections: sections.filter(({ title }) => title !== 'Responders'),
      timeline: timeline.map(({ source: _, ...row }) => row),
      actionItems: actionItems.map(({ owner: _, ...item }) => item),
    };
    expect(JSON.stringify(inJson)).not.toMatch(NAME);
    const message = JSON.stringify(
      postmortemMessage({ ...shown, postmortem: { ...shown.postmortem, actionItems: [] } }),
    );
    expect(message).not.toMatch(NAME);
  });

  test('stay in the record as people wrote them', async () => {
    const { store, incident } = await guideIncident();
    const said = { kind: 'note', source: ON_CALL, link: '', incidentId: incident.id, text: WRITTEN } as const;
    await store.transaction((tx) => addEntry(tx, { ...said, key: 'n', atUs: tx.nowUs }));
    await postmortemIn(store, incident.id, OTHER_NAMES);
    expect((await timelineOf(store, incident.id)).at(-1)?.text).toBe(WRITTEN);
  });
});

describe('what people answered to "Was this right?"', () => {
  test.each([
    ['one No', [[ON_CALL, false]], 'What broke: unconfirmed, because a responder answered No', 'Yes 0, No 1'],
    [
      'No, and Yes after all',
      [
        [ON_CALL, false],
        [ON_CALL, true],
      ],
      'The diagnosis is likely, and a responder answered Yes',
      'Yes 1, No 0',
    ],
    [
      'Yes, and No after all',
      [
        [ON_CALL, true],
        [ON_CALL, false],
      ],
      'What broke: unconfirmed, because a responder answered No',
      'Yes 0, No 1',
    ],
    [
      'a Yes and a No',
      [
        [ON_CALL, true],
        [COMMANDER, false],
      ],
      'responders disagree whether it was right (1 Yes, 1 No)',
      'Yes 1, No 1',
    ],
  ] as const)('%s is told of it, with the answers beside the diagnosis', async (_, answers, sentence, counts) => {
    const { store, incident } = await guideIncident();
    for (const [userId, right] of answers) {
      const answer = { investigationId: incident.investigationId ?? '', workspaceId: TEAM, userId, right };
      await store.transaction((tx) => recordFeedback(tx, answer));
    }
    const shown = { postmortem: await postmortemIn(store, incident.id), names: NAMES };
    const markdown = postmortemMarkdown(shown);
    expect(markdown.replaceAll('\\', '')).toContain(sentence);
    expect(markdown).toMatch(new RegExp(`^\\| E1 \\| .* \\| ${counts} \\|$`, 'm'));
    expect(postmortemHtml(shown)).toContain(`<td class="words" data-head="Was this right?">${counts}</td>`);
    expect(JSON.stringify(postmortemMessage(shown).blocks)).toContain(sentence);
    const [right, wrong] = counts.match(/\d/g)?.map(Number) ?? [];
    expect(postmortemJson(shown).evidence[0]?.answers).toEqual({ right, wrong });
  });

  test.each([
    ['the provider’s DNS', '“the provider’s DNS” (network, in coredns)'],
    [`<@${ON_CALL}> saw a full disk`, '“a responder saw a full disk” (network, in coredns)'],
    [`it is ${ON_CALL}’s fault, who should have known`, '“…” (network, in coredns)'],
  ])('says what people said that it was, and blames nobody: %s', async (text, sentence) => {
    const { store, incident } = await guideIncident();
    const no = { investigationId: incident.investigationId ?? '', workspaceId: TEAM, right: false } as const;
    const said = { text, service: 'coredns', field: 'network' } as const;
    await store.transaction((tx) => recordFeedback(tx, { ...no, userId: COMMANDER, said }));
    const shown = { postmortem: await postmortemIn(store, incident.id), names: NAMES };
    expect(postmortemMarkdown(shown).replaceAll('\\', '')).toContain(`People said it was ${sentence}`);
    expect(JSON.stringify(postmortemMessage(shown).blocks)).not.toContain(ON_CALL);
  });
});

describe('words that want to be more than words', () => {
  const HOSTILE =
    '<!channel> <script>alert(1)</script> | [x](javascript:alert(1)) **b** `c` @here https://evil.example ops@acme.example token=xoxb-1234567890-abcdefghij';

  test.each([
    ['Markdown', postmortemMarkdown],
    ['HTML', postmortemHtml],
    ['Slack', (shown: Parameters<typeof postmortemMessage>[0]) => JSON.stringify(postmortemMessage(shown))],
    ['JSON', (shown: Parameters<typeof postmortemJson>[0]) => JSON.stringify(postmortemJson(shown))],
  ])('are words in %s, without secrets and addresses of people', async (form, write) => {
    const { store, incident } = await guideIncident();
    await store.transaction(async (tx) => {
      await tx.db.updateTable('incidents').set({ title: HOSTILE }).where('id', '=', incident.id).execute();
      await tx.db.updateTable('action_items').set({ text: HOSTILE }).execute();
      const note = { kind: 'update', source: ON_CALL, link: 'javascript:alert(1)' } as const;
      await addEntry(tx, { ...note, incidentId: incident.id, key: 'h', atUs: tx.nowUs, text: HOSTILE });
    });
    const written = write({ postmortem: await postmortemIn(store, incident.id), names: NAMES });
    expect(written).not.toContain('xoxb-1234567890');
    expect(written).not.toContain('ops@acme.example');
    expect(written).toContain('[redacted:email]'.replaceAll(/[[\]]/g, form === 'Markdown' ? '\\$&' : '$&'));
    if (form === 'HTML') expect(written).not.toMatch(/<script|href="javascript/);
    if (form === 'Markdown') expect(written).not.toMatch(/<script|[^\\]\]\(javascript|<!channel>/);
    if (form === 'Slack') expect(JSON.parse(written).text).not.toContain('<!channel>');
  });

  test('a link that no browser should open is no link', async () => {
    const { store, incident } = await guideIncident();
    await store.transaction((tx) =>
      addEntry(tx, {
        incidentId: incident.id,
        key: 'l',
        atUs: tx.nowUs,
        kind: 'note',
        text: 'x',
        source: ON_CALL,
        link: 'javascript:alert(1)',
      }),
    );
    const postmortem = await postmortemIn(store, incident.id);
    expect(postmortemJson({ postmortem, names: NAMES }).timeline.at(-1)?.link).toBe('');
  });
});

test('many entries alike are one row in each form, with their number and the last one', async () => {
  const { store, incident } = await guideIncident();
  await store.transaction(async (tx) => {
    for (let i = 1; i <= 480; i += 1) {
      const text = `partition ${i} of 480 reassigned`;
      const atUs = tx.nowUs + i * 1_000_000;
      await addEntry(tx, {
        incidentId: incident.id,
        key: `bot${i}`,
        atUs,
        kind: 'note',
        text,
        source: ON_CALL,
        link: '',
      });
    }
  });
  const shown = { postmortem: await postmortemIn(store, incident.id), names: NAMES };
  const row =
    /partition 1 of 480 reassigned \(the first of 480 entries like this, the last on [-\d]{10} [:\d]{8} UTC: “partition 480 of 480 reassigned”\)/g;
  for (const text of [postmortemMarkdown(shown), postmortemHtml(shown)].map((one) =>
    one.replaceAll(/<[^>]+>|\\/g, ''),
  )) {
    expect(text.match(row)).toHaveLength(1);
    expect(text).not.toContain('partition 2 of');
  }
  expect(postmortemJson(shown).timeline.flatMap(({ repeated }) => repeated ?? [])).toMatchObject([
    { count: 480, lastText: 'partition 480 of 480 reassigned' },
  ]);
});

test('sections with nothing share one heading, in which the lint finds each of them', async () => {
  const { store, incident } = await guideIncident({ actionItems: false });
  const postmortem = await postmortemIn(store, incident.id);
  const shown = { postmortem: { ...postmortem, firstQuestions: [] }, names: NAMES };
  const title = /^## (.*Where we got lucky.*)$/m.exec(postmortemMarkdown(shown))?.[1] ?? '';
  expect(title).toContain('Where we got lucky, Lessons learned');
  expect(postmortemMarkdown(shown)).toContain(`## ${title}\n\n- Nothing noted.\n`);
  expect(postmortemHtml(shown)).toMatch(
    /<h2>[^<]*Where we got lucky[^<]*<\/h2><ul><li class="missing">Nothing noted\.<\/li><\/ul>/,
  );
  expect(lintPostmortem(postmortemMarkdown(shown)).filter(({ rule }) => rule === 'section')).toEqual([]);
});

test('an entry that was noted late has both times', async () => {
  const { store, incident } = await guideIncident();
  await store.transaction((tx) =>
    addEntry(tx, {
      incidentId: incident.id,
      key: 'late',
      atUs: tx.nowUs - 1_800_000_000,
      kind: 'note',
      text: 'Cache flushed',
      source: ON_CALL,
      link: '',
    }),
  );
  const postmortem = await postmortemIn(store, incident.id);
  expect(postmortemMarkdown({ postmortem, names: NAMES })).toContain(
    '2025-01-06 14:34:00 UTC<br>noted 2025-01-06 15:04:00 UTC | +1 min | **Note** Cache flushed',
  );
});

test('a draft of hundreds of long entries still fits into a message', { tags: ['deep'] }, async () => {
  const { store, incident } = await guideIncident();
  await store.transaction(async (tx) => {
    for (let i = 0; i < 300; i += 1) {
      await addEntry(tx, {
        incidentId: incident.id,
        key: `n${i}`,
        atUs: tx.nowUs,
        kind: 'update',
        text: 'long '.repeat(400),
        source: ON_CALL,
        link: '',
      });
    }
  });
  const shown = { postmortem: await postmortemIn(store, incident.id), names: NAMES };
  expect(blockProblems(postmortemMessage(shown).blocks)).toEqual([]);
});
