import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Incident, proposedItemId, type TimelineEntry } from '#model/incident/incident.ts';
import { LINK, relatedValue } from '#model/incident/incident-link.ts';
import { detectionUs } from '#model/incident/incident-stats.ts';
import { probeWritten } from '#model/incident/item-probe.ts';
import type { DiagnosedEvidence, Postmortem, PostmortemRecord } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { answerText, answerValue, type QuestionId } from '#model/incident/postmortem-questions.ts';
import { durationText } from '#model/text/duration.ts';
import { reportedFinding } from '#test/reported-finding.ts';

const MINUTE = 60_000_000;
/** Monday, 2025-01-06 14:30 UTC */
const START = Date.UTC(2025, 0, 6, 14, 30) * 1_000;

const INCIDENT: Incident = {
  id: 'i1',
  workspaceId: 'T1',
  number: 7,
  title: 'Orders fail',
  severity: 'P1',
  status: 'investigating',
  channelId: 'C1',
  declaredBy: 'U0SARAH01',
  declaredUs: START + MINUTE,
  detectedBy: 'alert',
  detection: '',
  roles: {},
};

let counted = 0;
function entry(atMinutes: number, more: Partial<TimelineEntry>): TimelineEntry {
  counted += 1;
  const atUs = START + atMinutes * MINUTE;
  return {
    id: `e${counted}`,
    atUs,
    notedUs: atUs,
    kind: 'note',
    text: '',
    source: 'U0SARAH01',
    link: '',
    value: '',
    ...more,
  };
}

const ALERT = entry(0, { kind: 'alert', text: 'Errors over 5 %', source: 'pagerduty', value: 'triggered' });
const DECLARED = entry(1, { kind: 'status', text: 'Declared P1, investigating', value: 'investigating' });
const status = (at: number, value: string, text: string, more: Partial<TimelineEntry> = {}) =>
  entry(at, { kind: 'status', text: `investigating → ${value}: ${text}`, value, ...more });

function drafted(record: Partial<PostmortemRecord> = {}): Postmortem {
  return postmortemOf({
    incident: INCIDENT,
    entries: [ALERT, DECLARED],
    actionItems: [],
    diagnoses: [],
    similar: [],
    others: 0,
    names: new Map(),
    ...record,
  });
}

test('lists what people linked, where they linked anything', () => {
  const board = entry(5, { kind: 'message', text: 'the board', link: 'https://grafana.example/d/1', value: LINK });
  const other = entry(6, { kind: 'message', text: 'Related to INC-2', value: relatedValue('i2') });
  const { links, sections } = drafted({ entries: [ALERT, DECLARED, board, other, entry(7, { kind: 'message' })] });
  expect(links.map(({ mark, text, link }) => [mark, text, link])).toEqual([
    ['T3', 'the board', 'https://grafana.example/d/1'],
    ['T4', 'Related to INC-2', ''],
  ]);
  expect(sections.find(({ title }) => title === 'Links')?.table).toBe('links');
  expect(drafted().sections.map(({ title }) => title)).not.toContain('Links');
});

function sectionOf(postmortem: Postmortem, title: string) {
  const found = postmortem.sections.find((section) => section.title === title);
  if (found === undefined) throw new Error(`there is no section ${title}`);
  return {
    ...found,
    said: found.statements.map(({ words }) => words.map((word) => (typeof word === 'string' ? word : '<at>')).join('')),
  };
}

const DIAGNOSED: DiagnosedEvidence = {
  investigationId: 'inv',
  traceId: 'abc',
  link: '',
  request: undefined,
  spanCount: 0,
  errorCount: 0,
  findings: [],
  diagnosis: undefined,
  gaps: [],
  whys: undefined,
  case: undefined,
};

const REQUEST = { service: 'orders', operation: 'GET /', startUs: START, durationUs: 1_000 };
const SIMILAR: PostmortemRecord['similar'][number] = {
  incidentId: 'other',
  name: 'INC-3',
  title: 'Wei lowered the limit',
  severity: 'P2',
  status: 'resolved',
  declaredUs: START,
  verdict: 'orders waits for a lock',
  score: 1,
  same: ['the kind of problem'],
  different: [],
  ended: [],
  actionItems: [],
  hasPostmortem: false,
};

describe('similar incidents', () => {
  const item = (state: 'open' | 'done' | 'dropped') => ({
    text: 'add an alert',
    owner: 'U0KIM0001',
    due: '2025-02-01',
    state,
  });
  const withItems = (...states: readonly ('open' | 'done' | 'dropped')[]) =>
    sectionOf(
      drafted({ entries: [ALERT], similar: [{ ...SIMILAR, actionItems: states.map(item) }] }),
      'Similar incidents',
    );

  test('say what became of their action items, and ask only about those that are open', () => {
    expect(withItems('done', 'open', 'done', 'dropped')).toMatchObject({
      said: [expect.stringContaining('It has 4 action items: 1 open, 2 done, 1 dropped.')],
      questions: ['What keeps the open action items of INC-3 from being done?'],
    });
    expect(withItems('done')).toMatchObject({
      said: [expect.stringContaining('It has 1 action item: 1 done.')],
      questions: [],
    });
    expect(withItems()).toMatchObject({ said: [expect.stringContaining('It has no action item.')], questions: [] });
  });
});

describe('missing facts', () => {
  test('become questions, and a time without an end is not shown as 0', () => {
    const postmortem = drafted();
    expect(postmortem.metrics).toMatchObject({ confirmationMinutes: undefined, repairMinutes: undefined });
    expect(postmortem.metricRows.map(({ value }) => value)).toEqual([undefined, undefined, undefined, undefined]);
    const resolution = sectionOf(postmortem, 'Resolution');
    expect(resolution.statements).toEqual([]);
    expect(resolution.missing).toEqual([
      'No entry says that the impact was mitigated.',
      'No entry says that the fix was applied.',
      'No entry says that the end was confirmed.',
    ]);
    expect(sectionOf(postmortem, 'Summary').said.at(-1)).toBe(
      'How long: its end is not confirmed; the status is investigating.',
    );
  });

  test('leaves no section empty, not even for a record without an entry', () => {
    for (const { title, statements, missing, questions, table } of drafted({ entries: [] }).sections) {
      expect(statements.length + missing.length + questions.length + (table ? 1 : 0), title).toBeGreaterThan(0);
    }
  });

  test('are questions with what or how, never with why', () => {
    const questions = drafted().sections.flatMap((section) => section.questions);
    expect(questions.length).toBeGreaterThan(10);
    for (const question of questions) expect(question).toMatch(/^(What|How)\b.*\?$/);
  });
});

describe('the start of the impact', () => {
  const FAILED = { ...DIAGNOSED, firstFailureUs: START - 63_000_000 };
  const detectionOf = (postmortem: Postmortem) => postmortem.metricRows[0];

  test('may be a failure in the evidence from before the first alert: the draft names both, and asks', () => {
    const postmortem = drafted({ diagnoses: [FAILED] });
    expect(postmortem.metrics.detectionMinutes).toBe(0);
    expect(detectionOf(postmortem)).toMatchObject({
      value: '0 to 1 min 3 s',
      means: expect.stringContaining('from the failure 1 min 3 s before it in the evidence'),
      cites: ['T1', 'E1'],
    });
    const detection = sectionOf(postmortem, 'Detection');
    expect(detection.said).toContain('The request of <at>, 1 min 3 s before the first alert, has a failure.');
    expect(detection.questions[0]).toBe(
      'What began the impact: the failure that E1 shows, or something earlier? (Enter it with /incident impact.)',
    );
  });

  test('is what a person entered, whatever the evidence has', () => {
    const entered = entry(-5, { value: 'impact-start', text: 'The impact began' });
    const postmortem = drafted({ diagnoses: [FAILED], entries: [entered, ALERT, DECLARED] });
    expect(detectionOf(postmortem)).toMatchObject({ value: '5 min', cites: ['T1', 'T2'] });
    expect(JSON.stringify(sectionOf(postmortem, 'Detection'))).not.toContain('entered start');
  });

  test('that a person entered later than a failure in the evidence: the draft says so', () => {
    const entered = entry(0, { value: 'impact-start', text: 'The impact began' });
    const postmortem = drafted({ diagnoses: [FAILED], entries: [entered, ALERT, DECLARED] });
    expect(detectionOf(postmortem)).toMatchObject({ value: '0 min' });
    const detection = JSON.stringify(sectionOf(postmortem, 'Detection'));
    expect(detection).toContain('1 min 3 s before the entered start, has a failure.');
    expect(detection).toContain('correct it with /incident impact');
    expect(JSON.stringify(sectionOf(postmortem, 'Times'))).toContain('A request failed 1 min 3 s before that.');
  });

  test.each([
    ['after the alert', 1],
    ['hours before', -200],
  ])('is not a failure from %s', (_, minutes) => {
    const postmortem = drafted({ diagnoses: [{ ...DIAGNOSED, firstFailureUs: START + minutes * MINUTE }] });
    expect(detectionOf(postmortem)).toMatchObject({ value: undefined, cites: ['T1'] });
  });
});

test('what people refuted stands under Ruled out, with its tests, and names nobody', () => {
  const step = (at: number, id: string, state: string, text: string) =>
    entry(at, { value: `hypothesis::${id}=${state}`, text });
  const postmortem = drafted({
    entries: [
      ALERT,
      DECLARED,
      step(2, 'S1', 'open', 'S1 suspected: the cache was flushed'),
      step(4, 'S1', 'tested', 'S1 tested (the cache was flushed): one node was flushed'),
      step(6, 'S1', 'refuted', 'S1 refuted (the cache was flushed): the hit rate did not change'),
      step(7, 'S2', 'open', 'S2 suspected: the pool is too small'),
      step(8, 'S3', 'open', 'S3 suspected: a lock'),
      step(9, 'S3', 'refuted', 'S3 refuted: a lock'),
      step(10, 'S3', 'open', 'S3 reopened: a lock'),
      step(11, 'S4', 'refuted', 'S4 refuted (Bob forgot the index): it was Bob'),
    ],
  });
  const { said } = sectionOf(postmortem, 'Ruled out');
  expect(said[0]).toBe(
    'A responder refuted a hypothesis after 1 test at <at>: “the cache was flushed”. What it showed: “the hit rate did not change”.',
  );
  expect(said[1]).toBe('A responder refuted a hypothesis at <at>.');
  expect(said).toHaveLength(2);
});

test('what people tried without effect stands under Ruled out, too, and names nobody', () => {
  const tried = (at: number, text: string) => entry(at, { value: 'tried=none', text });
  const note = entry(3, { text: 'restarted the cache' });
  const postmortem = drafted({
    entries: [ALERT, DECLARED, note, tried(4, 'restarted the pool'), tried(5, 'it was Bob')],
  });
  const { said } = sectionOf(postmortem, 'Ruled out');
  expect(said).toEqual([
    'A responder tried something that did not end it, at <at>: “restarted the pool”.',
    'A responder tried something that did not end it, at <at>.',
  ]);
});

test('when a person noticed it stands in the draft, beside the alert', () => {
  const noticed = entry(-4, { value: 'detected', text: 'Detected' });
  const postmortem = drafted({ entries: [noticed, ALERT, DECLARED] });
  expect(postmortem.steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['Detected', 'First alert']));
  expect(sectionOf(postmortem, 'Detection').said.join(' ')).toMatch(/An? .+ detected it at <at>/);
  expect(postmortem.metricRows.find(({ name }) => name === 'Repair')?.means).toContain('from the detection');
});

describe('one fact has one time', () => {
  const OFFSETS = fc.integer({ min: 0, max: 90 * MINUTE });

  test('the fix after a while is as long in the summary, under Times, and between the instants that people read', () => {
    const property = fc.property(OFFSETS, OFFSETS, (declaredUs, laterUs) => {
      const declared = { ...DECLARED, atUs: START + declaredUs, notedUs: START + declaredUs };
      const atUs = declared.atUs + laterUs;
      const fixed = status(0, 'fixed', 'index added', { atUs, notedUs: atUs });
      const postmortem = drafted({ entries: [declared, fixed] });
      const [, said] = /What ended it: not confirmed; the fix, (.+) after the declaration/.exec(
        sectionOf(postmortem, 'Summary').said.join(' '),
      ) ?? ['', 'nothing'];
      expect(postmortem.metricRows.find(({ name }) => name === 'Repair')?.value).toBe(said);
      const seconds = Math.floor(atUs / 1e6) - Math.floor(declared.atUs / 1e6);
      expect(said).toBe(seconds === 0 ? '0 min' : durationText(seconds * 1e6));
      expect(postmortem.timeline[1]?.sinceUs).toBe(seconds * 1e6);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('the draft, the statistics and the review measure one detection, also where merged incidents say another', () => {
    const began = (at: number, more: Partial<TimelineEntry> = {}) => entry(at, { value: 'impact-start', ...more });
    const merged = began(-20, { from: 'INC-2' });
    const onset = entry(-30, { kind: 'finding', source: 'spanhound', value: 'onset' });
    const detection = (...entries: TimelineEntry[]) => {
      const postmortem = drafted({ entries: [ALERT, DECLARED, ...entries] });
      const us = detectionUs({ incident: INCIDENT, entries: [ALERT, DECLARED, ...entries] });
      return [postmortem.metricRows[0]?.value, us === undefined ? undefined : us / MINUTE];
    };
    expect(detection(merged, began(-7.21), onset)).toEqual(['7 min 13 s', 433 / 60]);
    expect(detection(merged, onset)).toEqual(['20 min', 20]);
    expect(detection(onset)).toEqual(['30 min', 30]);
    const noticed = (at: number, more: Partial<TimelineEntry> = {}) => entry(at, { value: 'detected', ...more });
    expect(detection(onset, noticed(-10))).toEqual(['20 min', 20]);
    // A person's word for a merged incident says nothing about the alert of this one.
    expect(detection(onset, noticed(5, { from: 'INC-2' }))).toEqual(['30 min', 30]);
    expect(detection(onset, noticed(-25, { from: 'INC-2' }))).toEqual(['5 min', 5]);
    expect(detection()).toEqual([undefined, undefined]);
  });
});

describe('the gaps between impact, detection, response and mitigation', () => {
  const began = entry(-7, { text: 'Impact began', value: 'impact-start' });
  const gapsOf = (...entries: TimelineEntry[]) => sectionOf(drafted({ entries }), 'Times');

  test('are one line, and cite all that they count', () => {
    const { said, statements } = gapsOf(began, ALERT, DECLARED, status(5, 'mitigated', 'scaled up'));
    expect(said).toEqual([
      'From the start of the impact: detected after 7 min, acknowledged after 8 min, mitigated after 12 min.',
    ]);
    expect(statements[0]?.cites).toEqual(['T1', 'T2', 'T3', 'T4']);
  });

  test('count from the alert where nobody entered the start, and name what is not recorded', () => {
    const triggered = { ...ALERT, source: 'pagerduty' };
    expect(gapsOf(triggered).said).toEqual([
      'From the first alert: acknowledgement not recorded, mitigation not recorded. Nobody entered when the impact began.',
    ]);
    expect(gapsOf().said).toEqual([]);
  });

  test('take the acknowledgement from the alert system if it came before any entry of a person', () => {
    const acknowledged = entry(0.5, { kind: 'alert', source: 'pagerduty', value: 'acknowledged' });
    expect(gapsOf(ALERT, acknowledged, DECLARED).said.join()).toContain('acknowledged after 30 s');
    const later = entry(3, { kind: 'alert', source: 'pagerduty', value: 'acknowledged' });
    expect(gapsOf(ALERT, DECLARED, later).said.join()).toContain('acknowledged after 1 min');
  });

  test('say so where the alert came before the impact, and take the fix where nothing was mitigated', () => {
    const late = entry(2, { text: 'Impact began', value: 'impact-start' });
    expect(gapsOf(ALERT, late, DECLARED, status(9, 'fixed', 'index added')).said).toEqual([
      'From the start of the impact: fixed after 7 min. The first alert came 2 min before it.',
    ]);
  });
});

describe('what ended it', () => {
  const lineOf = (...entries: TimelineEntry[]) =>
    sectionOf(drafted({ entries: [ALERT, DECLARED, ...entries] }), 'Summary').said.find((text) =>
      text.startsWith('What ended it'),
    );
  const end = (at: number) => status(at, 'resolved', 'all green');

  test('is the mitigation, with the fix beside it, else the fix, else the words of the end', () => {
    const eased = status(5, 'mitigated', 'scaled up');
    expect(lineOf(eased, status(10, 'fixed', 'index added'), end(30))).toBe(
      'What ended it: a mitigation, 5 min after the first alert: “scaled up”. The fix was applied at <at>: “index added”.',
    );
    expect(lineOf(status(10, 'fixed', 'index added'), end(30))).toBe(
      'What ended it: the fix, 10 min after the first alert: “index added”.',
    );
    expect(lineOf(eased, end(30))).toBe('What ended it: a mitigation, 5 min after the first alert: “scaled up”.');
    expect(lineOf(end(30))).toBe('What ended it: the end was confirmed, 30 min after the first alert: “all green”.');
    expect(lineOf(eased)).toContain('What ended it: not confirmed; a mitigation, 5 min');
    expect(lineOf()).toBeUndefined();
  });

  test('is no fix that did not hold', () => {
    const again = status(30, 'investigating', 'it is back');
    expect(lineOf(status(10, 'fixed', 'index added'), end(20), again, end(60))).toBe(
      'What ended it: the end was confirmed, 1 h after the first alert: “all green”. It had been opened again after an earlier end.',
    );
  });
});

test('the timeline says how long after the row before each row came', () => {
  expect(drafted({ entries: [ALERT, DECLARED, entry(1, {})] }).timeline.map(({ sinceUs }) => sinceUs)).toEqual([
    undefined,
    MINUTE,
    0,
  ]);
});

describe('the fix', () => {
  const resolutionOf = (text: string, more: readonly TimelineEntry[] = []) =>
    sectionOf(drafted({ entries: [ALERT, DECLARED, ...more, status(30, 'resolved', text)] }), 'Resolution');

  test('is what people wrote with the end, to be confirmed', () => {
    const { said, missing, questions } = resolutionOf('index added on users.email');
    expect(said).toContain(
      'The end was confirmed at <at>, 30 min after the first alert: “index added on users.email”.',
    );
    expect(missing).toEqual(['No entry says that the impact was mitigated.']);
    expect(questions[0]).toBe(
      'What confirms that the words with the end (T3), “index added on users.email”, name the fix, and when was it applied?',
    );
  });

  test('is asked for by its entry, with a role for whom its words may name, and from nothing where there are none', () => {
    const named = resolutionOf('Xyzzyl did the plugh');
    expect(named.said.join(' ')).not.toContain('Xyzzyl');
    expect(named.questions[0]).toBe(
      'What confirms that the words with the end (T3), “a responder did the plugh”, name the fix, and when was it applied?',
    );
    expect(resolutionOf('').questions[0]).toBe('What fixed it, and when was it applied?');
    const fixed = status(10, 'fixed', 'index added');
    expect(resolutionOf('all is quiet', [fixed]).questions.join(' ')).not.toContain('name the fix');
  });
});

test('asks the seven questions that matter first: the fix, the cause, the harm, the beginning, what will be done …', () => {
  const { sections, firstQuestions } = drafted();
  const of = (title: string) => sections.find((section) => section.title === title)?.questions[0];
  const titles = ['Resolution', 'Why did it happen', 'Impact', 'Detection', 'Action items', 'Trigger'];
  expect(firstQuestions).toEqual([...titles, "Why wasn't it caught earlier"].map(of));
});

describe('an answer to a question of the draft', () => {
  const answer = (id: QuestionId, said: string, more: Partial<TimelineEntry> = {}) =>
    entry(20, { text: answerText(id, said), value: answerValue(id), ...more });
  const withEntries = (...answers: readonly TimelineEntry[]) =>
    drafted({ entries: [ALERT, DECLARED, ...answers], names: new Map([['U0SARAH01', 'Sarah']]) });

  test('stands in its section in the words of people, its question goes, and no other one takes its place', () => {
    const before = withEntries();
    const postmortem = withEntries(answer('customers', 'Forty shops in Wien could not pay'));
    expect(sectionOf(postmortem, 'Impact').said).toContain('Affected customers: Forty shops in Wien could not pay.');
    expect(sectionOf(postmortem, 'Impact').missing).toEqual([]);
    expect(postmortem.firstQuestions).toEqual(before.firstQuestions.filter((text) => !text.includes('customers was')));
    expect(postmortem.firstQuestions).toHaveLength(6);
  });

  test('about a cause quotes nobody’s name, known or not, and no answer that blames is quoted', () => {
    const known = withEntries(answer('trigger', 'Sarah dropped it'));
    expect(sectionOf(known, 'Trigger').said).toEqual(['What changed: a responder answered.']);
    const unknown = withEntries(answer('trigger', 'Priya ran a migration'));
    expect(sectionOf(unknown, 'Trigger').said).toEqual(['What changed: a responder answered.']);
    const clear = withEntries(answer('trigger', 'the index was dropped'));
    expect(sectionOf(clear, 'Trigger').said).toEqual(['What changed: a responder answered: “the index was dropped”.']);
    const blaming = withEntries(answer('harm', 'Sarah forgot to tell them'));
    expect(sectionOf(blaming, 'Impact').said).toContain('What customers saw: a responder answered.');
    expect(blaming.rewrites.map(({ rule }) => rule)).toEqual(['blame']);
  });

  test('is the newest one; an answer of a merged incident and an unknown question answer nothing', () => {
    const first = answer('luck', 'it was night');
    const second = { ...answer('luck', 'no import ran'), notedUs: first.notedUs + 1 };
    expect(sectionOf(withEntries(second, first), 'Where we got lucky').said).toEqual(['Luck: no import ran.']);
    const others = withEntries(answer('luck', 'x', { from: 'INC-2' }), entry(1, { value: 'answer:constructor' }));
    expect(sectionOf(others, 'Where we got lucky').missing).toEqual(['Nothing noted.']);
  });

  test('every question of a draft without a record can be answered, and its words are no cause of another draft', () => {
    const { sections } = drafted({ entries: [] });
    for (const { answerable, questions } of sections) expect(answerable.map(({ text }) => text)).toEqual(questions);
  });
});

test('ruled-out kinds and the verdict’s kind stand by their titles', () => {
  const diagnosis = {
    verdict: 'The pool is exhausted',
    status: 'confirmed',
    kind: 'pool-exhaustion',
    title: 'Connection pool exhausted',
    service: 'orders',
    change: null,
    chain: [],
    ruledOut: [{ kind: 'brute-force', title: 'Login brute force', service: '', why: 'no origin failed to log in' }],
  } as const;
  const postmortem = drafted({ diagnoses: [{ ...DIAGNOSED, diagnosis }] });
  expect(sectionOf(postmortem, 'Ruled out').said).toEqual(['Login brute force: no origin failed to log in.']);
  expect(sectionOf(postmortem, "Why wasn't it caught earlier").questions.join(' ')).toContain(
    'looks at “Connection pool exhausted” in orders',
  );
});

test('the three that came nearest to the verdict are ruled out: suspected services, then kinds like the verdict', () => {
  const out = (kind: string, more: object = {}) => ({ kind, service: '', why: 'none seen', ...more });
  const diagnosis = {
    verdict: 'The pool is exhausted',
    status: 'confirmed',
    kind: 'pool-exhaustion',
    service: 'orders',
    change: null,
    chain: [],
    ruledOut: [out('a'), out('b'), out('c', { isAkin: true }), out('d', { service: 'stock' }), out('e')],
  } as const;
  const { said } = sectionOf(drafted({ diagnoses: [{ ...DIAGNOSED, diagnosis }] }), 'Ruled out');
  expect(said).toEqual(['d in stock: none seen.', 'c: none seen.', 'a: none seen.']);
});

test('every statement cites a part of the draft', () => {
  const entries = [ALERT, DECLARED, status(3, 'identified', 'the pool'), status(10, 'fixed', 'an index')];
  const { sections, timeline, findings, evidence } = drafted({ entries });
  const marks = new Set([...timeline, ...findings, ...evidence].map(({ mark }) => mark));
  for (const { title, statements } of sections) {
    for (const { cites } of statements) {
      expect(cites.length, title).toBeGreaterThan(0);
      for (const mark of cites) expect(marks, title).toContain(mark);
    }
  }
});

test('counts the time to detection from when a person says that the impact began', () => {
  const impact = entry(-7, { text: 'Impact began', value: 'impact-start', notedUs: START + 40 * MINUTE });
  const incident = { ...INCIDENT, impactStartUs: impact.atUs };
  const postmortem = drafted({ incident, entries: [ALERT, impact, DECLARED] });
  expect(postmortem.metricRows[0]).toMatchObject({ value: '7 min', cites: ['T1', 'T2'] });
  expect(postmortem.timeline[0]).toMatchObject({ mark: 'T1', text: 'Impact began', notedUs: START + 40 * MINUTE });
  expect(sectionOf(postmortem, 'Detection').questions).toContain('What action item closes the gap in detection?');
  expect(sectionOf(postmortem, 'Difficulties').said).toEqual(['Detection took 7 min.']);
});

test('counts late notes, but not the times of the impact and the detection, which people look up later', () => {
  const late = { notedUs: START + 40 * MINUTE };
  const moments = [entry(-7, { value: 'impact-start', ...late }), entry(-2, { value: 'detected', ...late })];
  const note = entry(3, { text: 'the pool is full', ...late });
  const { said, statements } = sectionOf(drafted({ entries: [ALERT, DECLARED, ...moments, note] }), 'Difficulties');
  expect(said).toContain('Milestones aside, 1 entry was noted more than 5 min after it happened.');
  expect(statements.at(-1)?.cites).toEqual(['T5']);
});

describe('what helped', () => {
  const helped = (at: number, text: string) => entry(at, { value: 'tried=helped', text });
  const eased = entry(9, { kind: 'status', text: 'investigating → mitigated', value: 'mitigated' });
  const postmortem = drafted({
    entries: [ALERT, DECLARED, helped(5, 'retries off'), helped(8, 'index added'), eased, status(30, 'resolved', '')],
  });

  test('stands under Resolution with its time since the start', () => {
    expect(sectionOf(postmortem, 'Resolution').said.slice(0, 2)).toEqual([
      'What helped, at <at>, 5 min after the first alert: “retries off”.',
      'What helped, at <at>, 8 min after the first alert: “index added”.',
    ]);
  });

  test('ended it where the mitigation has no words, and the last may be the fix', () => {
    expect(sectionOf(postmortem, 'Summary').said.join('\n')).toContain(
      'What ended it: it was mitigated, 9 min after the first alert. What helped came at <at>: “retries off”, then at <at>: “index added”.',
    );
    expect(sectionOf(postmortem, 'Resolution').questions).toContain(
      'What confirms that what helped last (T4), “index added”, is the fix, and when was it applied?',
    );
  });
});

test('the entry next to a status without words is quoted without the sentences that mention somebody', () => {
  const identified = entry(4, { kind: 'status', text: 'investigating → identified', value: 'identified' });
  const note = entry(5, { text: 'ok sorry U0SARAH01. the weekly job dropped the index' });
  const { said } = sectionOf(drafted({ entries: [ALERT, DECLARED, identified, note] }), 'Summary');
  expect(said[0]).toBe(
    'What broke: “Orders fail”. The cause was confirmed at <at>. A responder noted beside it: “the weekly job dropped the index”.',
  );
});

describe('how it was noticed', () => {
  const byHand = { ...INCIDENT, detectedBy: 'employee', detection: 'U0SARAH01' } as const;
  const detectionOf = (...notes: TimelineEntry[]) =>
    sectionOf(drafted({ incident: byHand, entries: [DECLARED, ...notes] }), 'Detection').said;

  test('is the first note that speaks of it, where the declaration does not', () => {
    const [lag, later] = [entry(2, { text: 'lag alert came' }), entry(9, { text: 'not one alert in eleven hours' })];
    expect(detectionOf(lag, later)).toEqual(['A responder noted at <at> that an alert came: “lag alert came”.']);
    expect(detectionOf()).toEqual(['The declaration names no alert and no customer that reported it.']);
  });

  test('may be a report of people', () => {
    const note = entry(2, { text: 'customers called at 06:18, our only alert counts errors' });
    expect(detectionOf(note)).toEqual([
      'A responder noted at <at> that somebody reported it: “customers called at 06:18 local, our only alert counts errors”.',
    ]);
  });

  test('is not said by a note from after the mitigation, nor by one about the status page', () => {
    const page = entry(2, { text: 'the status page is right' });
    const late = entry(9, { text: 'why did no alert fire' });
    expect(detectionOf(page, status(5, 'mitigated', 'scaled up'), late)).toEqual([
      'The declaration names no alert and no customer that reported it.',
    ]);
  });
});

describe('the severity', () => {
  const declared = (severity: string) =>
    entry(1, { kind: 'status', text: `Declared ${severity}, investigating`, value: 'investigating' });
  const severity = (at: number, from: string, to: string) =>
    entry(at, { kind: 'severity', text: `${from} → ${to}`, value: to });
  const declarationOf = (...entries: TimelineEntry[]) =>
    sectionOf(drafted({ entries: [ALERT, ...entries] }), 'What happened');

  test('at the declaration is the declared one, even if it changed later', () => {
    const { said, statements } = declarationOf(declared('P2'), severity(5, 'P2', 'P1'));
    expect(said.slice(0, 2)).toEqual(['INC-7 was declared as P2 at <at>.', 'It was raised from P2 to P1 at <at>.']);
    expect(statements.slice(0, 2).map(({ cites }) => cites)).toEqual([['T2'], ['T3']]);
    expect(said.join()).not.toContain('declared as P1');
  });

  test('that was raised and lowered appears with each change', () => {
    const changes = [severity(5, 'P2', 'P0'), severity(20, 'P0', 'P3')];
    expect(declarationOf(declared('P2'), ...changes).said.slice(1, 3)).toEqual([
      'It was raised from P2 to P0 at <at>.',
      'It was lowered from P0 to P3 at <at>.',
    ]);
  });

  test('is missing without an entry', () => {
    const { said, missing } = declarationOf();
    expect(said.join()).not.toContain('declared as');
    expect(missing).toContain('No entry says when it was declared, or at which severity.');
  });

  test('of the declaration is not taken from another status, such as a late one', () => {
    const late = entry(-20, { kind: 'status', text: 'fixed → investigating: again', value: 'investigating' });
    expect(declarationOf(late, declared('P2')).said[0]).toBe('INC-7 was declared as P2 at <at>.');
  });
});

describe('how long it took', () => {
  const resolved = { ...INCIDENT, status: 'resolved', resolvedUs: START + 8 * MINUTE } as const;
  const end = status(8, 'resolved', 'all green');
  const impactAt = (at: number) => entry(at, { text: 'Impact began', value: 'impact-start' });
  const onset = entry(-20, {
    kind: 'finding',
    text: 'Trouble began: 3 of 12 fail',
    source: 'spanhound',
    value: 'onset',
  });

  test('is one duration with its start and end; an earlier impact is named as well', () => {
    const incident = { ...resolved, impactStartUs: START - 660 * MINUTE };
    const postmortem = drafted({ incident, entries: [impactAt(-660), ALERT, DECLARED, end] });
    expect(sectionOf(postmortem, 'Impact').said.slice(0, 2)).toEqual([
      'The impact began at <at>, 11 h before the first alert, as a responder entered it.',
      'The duration, from the start of the impact to the confirmed end, is 11 h 8 min.',
    ]);
    expect(postmortem.metricRows[0]).toMatchObject({
      value: '11 h',
      means: 'from the start of the impact, as a responder entered it, to the first alert',
    });
    const sentences = postmortem.sections.flatMap(({ title }) => sectionOf(postmortem, title).said);
    // A goal is no duration of the incident.
    const all = sentences.map((text) => text.replace('within 5 min', ''));
    const durations = all.flatMap((text) => text.match(/\b\d+ (?:h|min)\b(?: \d+ min)?/g) ?? []);
    expect(new Set(durations)).toEqual(new Set(['11 h', '11 h 1 min', '11 h 8 min', '1 min']));
    for (const text of all.filter((one) => one.includes('11 h'))) expect(text).toMatch(/impact|Detection/);
  });

  test('takes the beginning of the impact from a person, else from the evidence, and says which', () => {
    const of = (...entries: TimelineEntry[]) =>
      sectionOf(drafted({ entries: [...entries, ALERT, DECLARED] }), 'Impact').said;
    expect(of(onset)[0]).toBe(
      'The impact began at <at>, 20 min before the first alert, according to the requests that were compared.',
    );
    expect(of(onset, impactAt(-30))[0]).toContain('30 min before the first alert, as a responder entered it');
    expect(of().join()).not.toContain('The impact began');
  });

  test('does not count backwards where the impact began after the alert', () => {
    const postmortem = drafted({ entries: [ALERT, DECLARED, impactAt(5)] });
    expect(sectionOf(postmortem, 'Impact').said[0]).toContain('5 min after the first alert');
    expect(sectionOf(postmortem, 'Detection').said).toContain(
      'The first alert came 5 min before the start of the impact.',
    );
    expect(sectionOf(postmortem, 'What went well').said.join()).not.toContain('after the start of the impact');
  });

  test('is not said where the end is not confirmed', () => {
    expect(sectionOf(drafted(), 'Impact').said.join()).not.toContain('duration');
  });

  test('lasts until the last resolution, and mentions the reopening', () => {
    const entries = [
      ALERT,
      DECLARED,
      status(20, 'resolved', 'a'),
      status(30, 'investigating', 'b'),
      status(60, 'resolved', 'c'),
    ];
    const postmortem = drafted({ incident: { ...resolved, resolvedUs: START + 60 * MINUTE }, entries });
    expect(sectionOf(postmortem, 'Impact').said).toEqual([
      'The duration, from the first alert to the confirmed end, is 1 h.',
    ]);
    expect(sectionOf(postmortem, 'Resolution').said).toContain(
      'It was reopened at <at>, 10 min after its end had been confirmed at <at>: “b”.',
    );
    const open = drafted({ incident: { ...INCIDENT, status: 'investigating' }, entries: entries.slice(0, 4) });
    expect(sectionOf(open, 'Summary').said).toContain(
      'How long: its end is not confirmed; the status is investigating.',
    );
  });

  test('counts from the declaration where no alert came', () => {
    const postmortem = drafted({ incident: { ...resolved, detectedBy: 'customer' }, entries: [DECLARED, end] });
    expect(sectionOf(postmortem, 'Impact').said).toEqual([
      'The duration, from the declaration to the confirmed end, is 7 min.',
    ]);
    expect(sectionOf(postmortem, 'Detection').said[0]).toBe('A customer detected it, as the declaration of <at> says.');
  });
});

describe('people', () => {
  const roles = { commander: 'U0MIKE001' } as const;
  const names = new Map([
    ['U0SARAH01', 'Sarah'],
    ['U0MIKE001', 'Mike'],
  ]);
  const words = (text: string) => {
    const entries = [ALERT, DECLARED, status(5, 'mitigated', text)];
    return sectionOf(drafted({ incident: { ...INCIDENT, roles }, entries, names }), 'Resolution').said.join();
  };

  test('appear by role in statements about the incident', () => {
    expect(words('U0MIKE001 and U0SARAH01 scaled up')).toContain('the incident commander and a responder scaled up');
    expect(words('@Mike asked Sarah to scale up')).toContain('the incident commander asked a responder to scale up');
  });

  test('are not looked for inside other words', () => {
    const entries = [ALERT, DECLARED, entry(5, { text: 'scaled up in the Sarahan region' })];
    expect(drafted({ entries, names }).timeline[2]?.text).toBe('scaled up in the Sarahan region');
  });

  test("appear by name under Responders and as the timeline's authors", () => {
    const taken = entry(2, {
      kind: 'role',
      text: 'Incident commander: nobody → U0MIKE001',
      value: 'commander=U0MIKE001',
    });
    const postmortem = drafted({ incident: { ...INCIDENT, roles }, entries: [ALERT, DECLARED, taken], names });
    expect(sectionOf(postmortem, 'Responders').said).toEqual(['Incident commander: U0MIKE001', 'Responder: U0SARAH01']);
    expect(postmortem.timeline.map(({ source }) => source)).toEqual(['pagerduty', 'U0SARAH01', 'U0SARAH01']);
    expect(postmortem.timeline[2]?.text).toBe('Incident commander: nobody → a responder');
  });

  test('are no cause: their actions stay in the timeline, and the draft asks what allowed them', () => {
    const entries = [
      ALERT,
      DECLARED,
      entry(-5, { kind: 'change', text: 'MIKE merged the migration' }),
      status(5, 'identified', "sarah's migration dropped the index"),
      entry(6, { text: 'Why 1: <@U0MIKE001|mike> ran it', value: 'why::1' }),
    ];
    const postmortem = drafted({ entries, names });
    expect(sectionOf(postmortem, 'Contributing factors').said).toEqual([]);
    expect(sectionOf(postmortem, 'Trigger').said).toEqual(['<at>: a change was made.']);
    expect(sectionOf(postmortem, 'Why did it happen').said).toEqual(['<at>: a responder answered why 1.']);
    expect(postmortem.timeline.map(({ text }) => text)).toContain(
      "investigating → identified: a responder's migration dropped the index",
    );
    expect(sectionOf(postmortem, 'Open questions').questions.slice(0, 3)).toEqual([
      'What does T1 describe in the system, not in a person?',
      'What does T4 describe in the system, not in a person?',
      'What does T5 describe in the system, not in a person?',
    ]);
  });

  test('that are no part of it leave a cause as it was said', () => {
    const entries = [ALERT, DECLARED, status(5, 'identified', 'users.email has no index')];
    expect(sectionOf(drafted({ entries, names }), 'Contributing factors').said).toEqual([
      'A responder noted a cause at <at>: “users.email has no index”.',
    ]);
  });

  describe('that nobody knows', () => {
    const entries = [
      entry(-5, { kind: 'change', text: 'Drop index, reviewed by Priya N.', source: 'github' }),
      ALERT,
      DECLARED,
      status(4, 'identified', 'Kim dropped the index of user-service.'),
      entry(6, { text: 'Why 1: kim ran it', value: 'why::1' }),
      entry(7, { kind: 'update', text: 'ops-bob told the customers' }),
      status(9, 'fixed', '田中さんがインデックスを追加'),
    ];
    const incident = { ...INCIDENT, title: 'Olena broke sign-in', detection: 'j.doe called' };
    const similar = [SIMILAR];
    const diagnoses = [{ ...DIAGNOSED, request: { ...REQUEST, service: 'user-service' } }];
    const postmortem = drafted({ incident, entries, similar, diagnoses });
    const all = postmortem.sections.flatMap(({ title }) => sectionOf(postmortem, title).said);

    test('are in no sentence of the draft, which says what happened and cites the entry', () => {
      const questions = postmortem.sections.flatMap((section) => section.questions);
      expect([postmortem.title, ...all, ...questions].join('\n')).not.toMatch(/Priya|kim\b|bob|田中|Olena|doe\b|Wei/i);
      expect(sectionOf(postmortem, 'Contributing factors')).toMatchObject({
        said: ['A responder noted a cause at <at>; it names user-service.'],
        statements: [{ cites: ['T4'] }],
      });
      expect(sectionOf(postmortem, 'Trigger').said).toEqual(['<at>: a change was made.']);
      expect(sectionOf(postmortem, 'Messaging').said).toEqual([
        '<at>: an update was sent: “a responder told the customers”.',
      ]);
      expect(all).toContain(
        'The fix was applied at <at>, 9 min after the first alert: “a responderがインデックスを追加”.',
      );
    });

    test('stay in the timeline as they were written, and questions ask for the system', () => {
      expect(postmortem.timeline[3]?.text).toBe('investigating → identified: Kim dropped the index of user-service.');
      expect(sectionOf(postmortem, 'Open questions').questions.slice(0, 4)).toEqual([
        'What does the title of INC-7 say about the system?',
        'What does T1 say about the system?',
        'What does T4 say about the system?',
        'What does T5 say about the system?',
      ]);
    });
  });

  test('in the message of a suspected change are not repeated by the verdict, the whys and the factors', () => {
    const text = "Kim's hotfix for the pool";
    const found = {
      ...reportedFinding('suspect-change', `orders: deploy (“${text}”) came 3 min before the problem began`),
      evidence: [{ kind: 'change', ref: 'kim/hotfix', text: `14:27 deploy of orders: ${text}` }],
    };
    const diagnosis: DiagnosedEvidence['diagnosis'] = {
      verdict: found.title,
      status: 'likely',
      kind: 'suspect-change',
      service: 'orders',
      change: { id: 'kim/hotfix', kind: 'deploy', service: 'orders', at: '2025-01-06T14:27:00.000Z' },
      chain: [],
      ruledOut: [],
    };
    const postmortem = drafted({ diagnoses: [{ ...DIAGNOSED, findings: [found], diagnosis }] });
    const all = postmortem.sections.flatMap(({ title }) => sectionOf(postmortem, title).said);
    expect(all.join('\n')).not.toMatch(/kim/i);
    expect(all).toContain(
      'What broke: orders: deploy (“…”) came 3 min before the problem began. The diagnosis is likely.',
    );
    expect(postmortem.findings[0]?.evidence[0]?.text).toContain(text);
  });

  test('are not blamed: words that look for somebody at fault become a question, and only the timeline has them', () => {
    const blaming = status(5, 'mitigated', 'U0MIKE001 forgot to drain the node');
    const postmortem = drafted({ entries: [ALERT, DECLARED, blaming], names });
    expect(sectionOf(postmortem, 'Resolution').said).toEqual([
      'The impact was mitigated at <at>, 5 min after the first alert.',
    ]);
    expect(postmortem.timeline[2]?.text).toContain('a responder forgot to drain the node');
    expect(sectionOf(postmortem, 'Open questions').questions[0]).toBe(
      'What does T3 describe in the system, not in a person?',
    );
  });

  test('are not blamed by a title, which becomes a question, nor by how it was detected', () => {
    const incident = { ...INCIDENT, title: 'Mike broke prod', detection: 'Sarah forgot to watch the pool' };
    const postmortem = drafted({ incident, names });
    expect(postmortem.title).toBe('Postmortem of INC-7');
    expect(sectionOf(postmortem, 'Open questions').questions[0]).toBe(
      'What does the title of INC-7 describe in the system, not in a person?',
    );
    expect(sectionOf(postmortem, 'Summary').said.join()).not.toContain('forgot');
  });
});

describe('the diagnosis', () => {
  const verdict = {
    verdict: 'orders waits for a lock',
    status: 'likely',
    kind: 'lock-contention',
    service: 'orders',
    change: null,
    chain: [],
    ruledOut: [],
  } as const;

  describe('that people answered', () => {
    const confirmed: DiagnosedEvidence = {
      ...DIAGNOSED,
      findings: [reportedFinding('lock-contention', 'B'), reportedFinding('slow-query', 'C')],
      diagnosis: { ...verdict, status: 'confirmed', chain: [{ finding: 0, because: 1 }] },
      hypothesis: 'H1',
    };
    const answered = (right: number, wrong: number, lastUs = START + 4 * MINUTE) => ({
      ...confirmed,
      answers: { right, wrong, lastUs },
    });
    const identified = status(3, 'identified', 'a lock');
    const toldOf = (diagnosed: DiagnosedEvidence, ...more: TimelineEntry[]) => {
      const postmortem = drafted({ diagnoses: [diagnosed], entries: [ALERT, DECLARED, identified, ...more] });
      return { ...postmortem, all: postmortem.sections.flatMap(({ title }) => sectionOf(postmortem, title).said) };
    };
    const diagnosisOf = (diagnosed: DiagnosedEvidence, ...more: TimelineEntry[]) =>
      toldOf(diagnosed, ...more).all.find((text) => text.startsWith('What broke: '));

    test('follows the evidence until somebody answers', () => {
      expect(diagnosisOf(confirmed)).toBe('What broke: orders waits for a lock. The diagnosis is confirmed.');
    });

    test('is confirmed no more, in any section, after one answered No', () => {
      const { all, metricRows } = toldOf(answered(0, 1));
      expect(diagnosisOf(answered(0, 1))).toBe(
        'What broke: unconfirmed, because a responder answered No to the question whether it was right. The diagnosis said: orders waits for a lock.',
      );
      const rest = [...all, ...metricRows.map(({ means }) => means)].join('\n').replaceAll(/unconfirmed/gi, '');
      expect(rest).not.toMatch(/(?:cause|diagnosis|verdict)[^.\n]*\bconfirmed|Standing: confirmed/);
      expect(all).toContain(
        'B. It is B. Standing: unconfirmed, a responder answered No to the question whether it was right.',
      );
      expect(all).toContain('Unconfirmed: B. Why: C.');
      expect(all).toContain('Unconfirmed: Mend B.');
      expect(all.join()).toContain('A responder set the status to identified at <at>');
      expect(sectionOf(toldOf(answered(0, 1)), 'Open questions').questions).toContain(
        'What was the cause, if not what the diagnosis names, and what shows it?',
      );
    });

    test('gives way to the cause that people noted after they answered No, and is ruled out', () => {
      const postmortem = toldOf(answered(0, 1, START));
      expect(diagnosisOf(answered(0, 1, START))).toBe(
        'What broke: “Orders fail”. A responder noted a cause at <at>: “a lock”.',
      );
      expect(sectionOf(postmortem, 'Ruled out')).toMatchObject({
        said: [
          'The diagnosis said: orders waits for a lock. At <at>, a responder answered No to the question whether it was right.',
        ],
        statements: [{ cites: ['E1'] }],
      });
      expect(sectionOf(postmortem, 'Contributing factors').said).toEqual([
        'A responder noted a cause at <at>: “a lock”.',
      ]);
      expect(sectionOf(postmortem, 'What could improve').said).toEqual([]);
      expect(sectionOf(postmortem, 'Open questions').said).toEqual([]);
      expect(postmortem.findings).toHaveLength(2);
    });

    test.each([
      [0, 2, 'What broke: unconfirmed, because 2 responders answered No to the question whether it was right.'],
      [1, 1, 'What broke: unconfirmed, because responders disagree whether it was right (1 Yes, 1 No).'],
      [1, 0, ' The diagnosis is confirmed, and a responder answered Yes to the question whether it was right.'],
    ])('with %i Yes and %i No is told so', (right, wrong, sentence) => {
      expect(diagnosisOf(answered(right, wrong))).toContain(sentence);
    });

    test('is unconfirmed where a responder refuted it among the hypotheses, until somebody takes that back', () => {
      const told = (at: number, state: string) =>
        entry(at, { text: `H1 ${state}`, value: `hypothesis:inv:H1=${state}` });
      const refuted = toldOf(confirmed, told(4, 'refuted'));
      const statement = sectionOf(refuted, 'Summary').statements.find(({ cites }) => cites.includes('E1'));
      expect(statement?.words).toEqual([
        'What broke: unconfirmed, because a responder refuted it among the hypotheses. The diagnosis said: orders waits for a lock.',
      ]);
      expect(statement?.cites).toEqual(['F1', 'E1', 'T4']);
      expect(diagnosisOf(confirmed, told(4, 'refuted'), told(5, 'open'))).toContain('The diagnosis is confirmed.');
      expect(diagnosisOf(confirmed, told(4, 'confirmed'))).toContain(
        'and a responder confirmed it among the hypotheses',
      );
    });

    test('does not lead where another one is not doubted, and stays as a question', () => {
      const other = { ...DIAGNOSED, investigationId: 'inv2', diagnosis: { ...verdict, verdict: 'the cache is cold' } };
      const postmortem = drafted({
        incident: { ...INCIDENT, investigationId: 'inv' },
        diagnoses: [answered(0, 1), other],
      });
      expect(sectionOf(postmortem, 'Summary').said).toContain(
        'What broke: the cache is cold. The diagnosis is likely.',
      );
      expect(sectionOf(postmortem, 'Open questions').said[0]).toBe(
        'Another diagnosis said “orders waits for a lock”, and a responder answered No to the question whether it was right.',
      );
      expect(sectionOf(postmortem, 'Contributing factors').said[0]).toContain('Standing: unconfirmed');
    });

    test('counts as part of the record, whose last instant may be an answer', () => {
      const late = { ...confirmed, answers: { right: 1, wrong: 0, lastUs: START + 90 * MINUTE } };
      expect(drafted({ diagnoses: [late] }).asOfUs).toBe(START + 90 * MINUTE);
    });
  });

  describe('that counted requests', () => {
    const counted = (failed: number, slow: number | null): DiagnosedEvidence => ({
      ...DIAGNOSED,
      affected: { service: 'user-service', fromUs: START, toUs: START + MINUTE, requests: 12, failed, slow },
    });
    const impactOf = (...diagnoses: DiagnosedEvidence[]) => sectionOf(drafted({ diagnoses }), 'Impact');

    test.each([
      [
        3,
        null,
        '3 of 12 requests to user-service (25 %) failed between <at> and <at>, counted among the traces that were read.',
      ],
      [
        3,
        1,
        '3 of 12 requests to user-service (25 %) failed between <at> and <at>, and 1 other took more than twice as long as nearly all healthy ones, counted among the traces that were read.',
      ],
      [
        0,
        5,
        '0 of 12 requests to user-service (0 %) failed between <at> and <at>, and 5 others took more than twice as long',
      ],
    ])('tells %i that failed and %s that were slow, and asks only for customers', (failed, slow, sentence) => {
      const { said, statements, missing, questions } = impactOf(counted(failed, slow));
      expect(said[0]).toContain(sentence);
      expect(statements[0]?.cites).toEqual(['E1']);
      expect(missing).toEqual(['The record does not count the affected customers.']);
      expect(questions[0]).toBe('What number of customers was affected, from when to when?');
    });

    test('names the operations that failed, with count and share, without their service', () => {
      const affected = {
        ...counted(3, null).affected,
        operations: [{ operation: 'user-service POST /login', requests: 4, failed: 3 }],
      } as DiagnosedEvidence['affected'];
      const { said, statements } = impactOf({ ...DIAGNOSED, affected });
      expect(said[1]).toBe('POST /login: 3 of 4 requests failed (75 %).');
      expect(statements[1]?.cites).toEqual(['E1']);
    });

    test('names the operations that were slow, too', () => {
      const affected = {
        ...counted(3, 5).affected,
        operations: [
          { operation: 'user-service POST /login', requests: 8, failed: 3, slow: 1 },
          { operation: 'user-service GET /me', requests: 9, failed: 0, slow: 4 },
        ],
      } as DiagnosedEvidence['affected'];
      const { said } = impactOf({ ...DIAGNOSED, affected });
      expect(said.slice(1)).toEqual([
        'POST /login: 3 of 8 requests failed (38 %), and 1 was slow.',
        'GET /me: 4 of 9 requests were slow.',
      ]);
    });

    test('tells when the first and the last failed request began', () => {
      const failing = (firstUs: number, lastUs: number) => {
        const affected = {
          ...counted(3, null).affected,
          failing: { firstUs, lastUs },
        } as DiagnosedEvidence['affected'];
        return impactOf({ ...DIAGNOSED, affected });
      };
      const { said, statements } = failing(START, START + MINUTE);
      expect(said[1]).toBe('The first of the failed requests that were read began at <at>, and the last at <at>.');
      expect(statements[1]).toMatchObject({
        words: [expect.anything(), { atUs: START }, expect.anything(), { atUs: START + MINUTE }, '.'],
        cites: ['E1'],
      });
      expect(failing(START, START).said[1]).toBe('The failed request that was read began at <at>.');
    });

    test('counts users and tenants in the summary, where attributes name them', () => {
      const affected = {
        ...counted(3, null).affected,
        people: { users: 12, tenants: 1 },
      } as DiagnosedEvidence['affected'];
      const { said } = sectionOf(drafted({ diagnoses: [{ ...DIAGNOSED, affected }] }), 'Summary');
      expect(said).toContain(
        'Affected: at least 12 users and 1 tenant; 3 of 12 requests to user-service failed (25 %), among the traces that were read.',
      );
    });

    test('tells how many users and tenants attributes name, and asks for all of them', () => {
      const of = (users: number, tenants: number) => {
        const affected = { ...counted(3, null).affected, people: { users, tenants } } as DiagnosedEvidence['affected'];
        return impactOf({ ...DIAGNOSED, affected });
      };
      const { said, statements, missing, questions } = of(12, 1);
      const sentence = 'At least 12 users and 1 tenant had a failed or slow request, as attributes of the traces say.';
      expect(said[1]).toBe(sentence);
      expect(statements[1]?.cites).toEqual(['E1']);
      expect(missing).toEqual(['The record does not count all affected customers.']);
      expect(questions[0]).toBe('What number of customers was affected in all, from when to when?');
      expect(of(0, 2).said[1]).toContain('At least 2 tenants had');
    });

    test('appears for each diagnosis that has it', () => {
      const { statements } = impactOf(counted(3, null), DIAGNOSED, { ...counted(4, null), investigationId: 'inv3' });
      expect(statements.map(({ cites }) => cites)).toEqual([['E1'], ['E3']]);
    });

    test('is missed where none did', () => {
      expect(impactOf(DIAGNOSED).missing).toEqual(['The record does not count the affected requests and customers.']);
    });
  });

  test('gives the whys in order, from what was felt to what lies behind it', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [
        reportedFinding('bottleneck', 'A'),
        reportedFinding('lock-contention', 'B'),
        reportedFinding('slow-query', 'C'),
      ],
      diagnosis: {
        ...verdict,
        chain: [
          { finding: 1, because: 2 },
          { finding: 0, because: 1 },
        ],
      },
    };
    const postmortem = drafted({ diagnoses: [diagnosed] });
    expect(sectionOf(postmortem, 'Why did it happen').said).toEqual(['A. Why: B.', 'B. Why: C.']);
    expect(sectionOf(postmortem, 'Why did it happen').questions[0]).toContain('made F3 possible');
  });

  test("takes them from the 5 Whys: evidence, people's answers, and open questions", () => {
    const why = { evidence: [], lookAt: '' };
    const diagnosed: DiagnosedEvidence = {
      ...DIAGNOSED,
      findings: [reportedFinding('slow-query', 'C')],
      diagnosis: verdict,
      whys: {
        symptom: 'GET /users took 5 s',
        evidence: [],
        whys: [
          {
            ...why,
            number: 1,
            standing: 'shown',
            text: 'one query holds 5 s',
            evidence: [{ kind: 'finding', ref: '0', text: '', url: '' }],
          },
          { ...why, number: 2, standing: 'open', text: 'Why so long?', lookAt: 'Its plan.' },
          { ...why, number: 3, standing: 'open', text: 'What changed?', lookAt: 'Deployments.' },
        ],
      },
    };
    const told = entry(20, { text: 'Why 2: the index was dropped', value: 'why:inv:2' });
    const elsewhere = entry(21, { text: 'Why 3: of another diagnosis', value: 'why:other:3' });
    const entries = [ALERT, DECLARED, told, elsewhere];
    const section = sectionOf(drafted({ diagnoses: [diagnosed], entries }), 'Why did it happen');
    expect(section.said).toEqual([
      'Symptom: GET /users took 5 s.',
      'Why 1: one query holds 5 s.',
      '<at>: a responder answered why 2: “the index was dropped”.',
    ]);
    expect(section.statements.map(({ cites }) => cites)).toEqual([['E1'], ['F1'], ['T3']]);
    expect(section.questions).toEqual(['What answers why 3, “What changed?” (look at: Deployments)?']);
  });

  test('does not turn in circles where the chain does', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [reportedFinding('bottleneck', 'A'), reportedFinding('lock-contention', 'B')],
      diagnosis: {
        ...verdict,
        chain: [
          { finding: 0, because: 1 },
          { finding: 1, because: 0 },
        ],
      },
    };
    expect(() => drafted({ diagnoses: [diagnosed] })).not.toThrow();
  });

  test('counts the same finding in several traces once, and says of one outside the chain that its role is unknown', () => {
    const one = {
      ...DIAGNOSED,
      findings: [reportedFinding('lock-contention', 'B'), reportedFinding('slow-query', 'C')],
      diagnosis: verdict,
    };
    const postmortem = drafted({ diagnoses: [one, { ...one, investigationId: 'inv2' }] });
    expect(postmortem.findings.map(({ mark, title }) => `${mark} ${title}`)).toEqual(['F1 B', 'F2 C']);
    expect(sectionOf(postmortem, 'Contributing factors').said).toEqual([
      'B. It is B. Standing: likely.',
      'C. It is C. Standing: its role is unknown.',
    ]);
  });

  test('an effect among the findings is no cause of its own: the draft says what it follows from', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [reportedFinding('lock-contention', 'B'), reportedFinding('new-error', 'D')],
      diagnosis: { ...verdict, chain: [{ finding: 1, because: 0 }] },
    };
    expect(sectionOf(drafted({ diagnoses: [diagnosed] }), 'Contributing factors').said).toEqual([
      'B. It is B. Standing: likely.',
      'D. It is D. Standing: it follows from F1, likely.',
    ]);
  });

  test('that is inconclusive is an open question and not a cause', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [reportedFinding('lock-contention', 'B')],
      diagnosis: { ...verdict, status: 'inconclusive' as const },
    };
    const postmortem = drafted({ diagnoses: [diagnosed] });
    expect(sectionOf(postmortem, 'Open questions').said).toContain('The evidence does not decide the verdict.');
    expect(sectionOf(postmortem, 'Contributing factors').said[0]).toContain('Standing: unknown.');
  });

  test('names a change as the trigger, apart from what contributed', () => {
    const change = { id: 'v42', kind: 'deploy', service: 'orders', at: '2025-01-06T14:28:00.000Z' };
    const diagnosed = {
      ...DIAGNOSED,
      findings: [reportedFinding('lock-contention', 'B')],
      diagnosis: { ...verdict, change },
    };
    expect(sectionOf(drafted({ diagnoses: [diagnosed] }), 'Trigger').said).toEqual([
      'The verdict names a deploy of orders: v42, 2025-01-06T14:28:00.000Z.',
    ]);
    const near = { ...diagnosed, diagnosis: { ...verdict, change: { ...change, knownBy: 'nearness' as const } } };
    expect(sectionOf(drafted({ diagnoses: [near] }), 'Trigger').said).toEqual([
      'The verdict names a deploy of orders: v42, 2025-01-06T14:28:00.000Z. Only its time makes it suspect.',
    ]);
  });
});

describe('an acceptance', () => {
  const accepted = (at: number, more: Partial<TimelineEntry> = {}) =>
    entry(at, { kind: 'message', text: 'Accepted the postmortem', value: 'postmortem-accepted', ...more });
  const acceptanceIn = (...entries: TimelineEntry[]) => drafted({ entries: [ALERT, DECLARED, ...entries] }).acceptance;

  test('names the person and the time, and ends nothing else: no section tells of it', () => {
    expect(acceptanceIn()).toBeUndefined();
    expect(acceptanceIn(accepted(40))).toEqual({ by: 'U0SARAH01', atUs: START + 40 * MINUTE, later: 0, changed: 0 });
    const { acceptance: _, ...rest } = drafted({ entries: [ALERT, accepted(40, { source: 'U0OTHER01' })] });
    const { acceptance: __, ...before } = drafted({ entries: [ALERT] });
    expect(rest).toEqual(before);
  });

  test('counts what came into the record after it, until somebody accepts again', () => {
    const late = entry(-3, { text: 'found later', notedUs: START + 50 * MINUTE });
    expect(acceptanceIn(accepted(40), late)?.later).toBe(1);
    expect(acceptanceIn(accepted(40), late, accepted(60))).toMatchObject({ later: 0, atUs: START + 60 * MINUTE });
    const answers = { right: 1, wrong: 0, lastUs: START + 45 * MINUTE };
    const postmortem = drafted({ entries: [ALERT, accepted(40)], diagnoses: [{ ...DIAGNOSED, answers }] });
    expect(postmortem.acceptance?.later).toBe(1);
  });

  test('counts corrections and withdrawals after it, of entries from before it', () => {
    const corrected = (noted: number, changed: number) =>
      entry(-3, { text: 'the disk was full', notedUs: START + noted * MINUTE, changedUs: START + changed * MINUTE });
    expect(acceptanceIn(accepted(40), corrected(10, 50))).toMatchObject({ later: 0, changed: 1 });
    expect(acceptanceIn(accepted(40), corrected(10, 30))).toMatchObject({ later: 0, changed: 0 });
    expect(acceptanceIn(accepted(40), corrected(45, 50))).toMatchObject({ later: 1, changed: 0 });
    expect(acceptanceIn(accepted(40), corrected(10, 50), accepted(60))).toMatchObject({ later: 0, changed: 0 });

    const withdrawn = (noted: number, gone: number, value = '') =>
      drafted({
        entries: [ALERT, accepted(40)],
        withdrawn: [
          { id: 'gone', kind: 'message', value, notedUs: START + noted * MINUTE, withdrawnUs: START + gone * MINUTE },
        ],
      }).acceptance?.changed;
    expect([withdrawn(10, 50), withdrawn(10, 30), withdrawn(45, 50)]).toEqual([1, 0, 0]);
    // What is about the draft is no part of it.
    expect(withdrawn(10, 50, 'declined=index')).toBe(0);
  });

  test('of a merged incident is no acceptance of the one that stays', () => {
    expect(acceptanceIn(accepted(40, { from: 'INC-2' }))).toBeUndefined();
  });
});

describe('a request to review', () => {
  const asked = (at: number, value: string) => entry(at, { kind: 'message', text: 'Asked somebody', value });
  const accepted = (at: number) => entry(at, { kind: 'message', text: '', value: 'postmortem-accepted' });
  const reviewerIn = (...entries: TimelineEntry[]) => drafted({ entries: [ALERT, DECLARED, ...entries] }).reviewer;

  test('names the person who was asked last, until somebody accepts', () => {
    expect(reviewerIn()).toBeUndefined();
    expect(reviewerIn(asked(40, 'review=U0KIM0001'))).toBe('U0KIM0001');
    expect(reviewerIn(asked(40, 'review=U0KIM0001'), asked(50, 'review=U0LEE0001'))).toBe('U0LEE0001');
    expect(reviewerIn(asked(40, 'review=U0KIM0001'), accepted(50))).toBeUndefined();
    expect(reviewerIn(accepted(30), asked(40, 'review=U0KIM0001'))).toBe('U0KIM0001');
    expect(reviewerIn(asked(40, 'review=forgotten')), 'forgotten on request').toBeUndefined();
  });

  test('is about the draft and no part of it', () => {
    const { reviewer: _, ...rest } = drafted({ entries: [ALERT, asked(40, 'review=U0KIM0001')] });
    const { reviewer: __, ...before } = drafted({ entries: [ALERT] });
    expect(rest).toEqual(before);
  });
});

describe('what went well', () => {
  test('has a milestone only if it came before the first update was due', () => {
    const at = (minutes: number) =>
      sectionOf(drafted({ entries: [ALERT, DECLARED, status(minutes, 'identified', 'x')] }), 'What went well').said;
    expect(at(15)).toContain('The cause was confirmed 15 min after the first alert.');
    expect(at(16).join()).not.toContain('confirmed');
  });

  test('does not praise a mitigation that came after the fix', () => {
    const entries = [ALERT, DECLARED, status(20, 'fixed', 'x'), status(25, 'mitigated', 'y')];
    expect(sectionOf(drafted({ entries }), 'What went well').said.join()).not.toContain('before the fix');
  });
});

test.each([
  ['P0', '2025-01-09'],
  ['P1', '2025-01-13'],
  ['P2', undefined],
] as const)('a review of %s is due by %s: three days, five working days, or none', (severity, due) => {
  const { reviewByUs } = drafted({ incident: { ...INCIDENT, severity, resolvedUs: START } });
  expect(reviewByUs && new Date(reviewByUs / 1_000).toISOString().slice(0, 10)).toBe(due);
});

test('asks for the effect of a vague action item, and nothing for a concrete one', () => {
  const said = { owner: 'DB team', due: '2025-01-13', createdBy: 'U1', createdUs: START };
  const item = { id: 'a', incidentId: 'i1', state: 'open', reason: '', ...said } as const;
  const actionItems = [
    { ...item, number: 1, text: 'Investigate slow queries' },
    { ...item, number: 2, text: 'Add an alert on p99 over 2 s' },
    { ...item, number: 3, text: 'Look into indexes' },
    { ...item, number: 4, text: 'Look into pools', state: 'dropped', reason: 'U9 left the pool alone' } as const,
  ];
  expect(drafted({ actionItems }).actionItems[3]).toMatchObject({ mark: 'A4', state: 'dropped' });
  expect(sectionOf(drafted({ actionItems }), 'Action items').questions).toEqual([
    'What will be different once A1 is done, and how will you see it?',
    'What will be different once A3 is done, and how will you see it?',
  ]);
});

test('an incident that was opened again ends with its last end', () => {
  const entries = [
    ALERT,
    DECLARED,
    status(20, 'resolved', 'a'),
    status(30, 'investigating', 'b'),
    status(60, 'resolved', 'c'),
  ];
  const postmortem = drafted({
    incident: { ...INCIDENT, status: 'resolved', resolvedUs: START + 60 * MINUTE },
    entries,
  });
  expect(postmortem.metricRows.at(-1)).toMatchObject({ value: '1 h', cites: ['T1', 'T5'] });
});

describe('what people wrote and should rewrite', () => {
  const written = [
    ALERT,
    DECLARED,
    entry(2, { text: 'Many users cannot sign in' }),
    entry(3, { text: 'The pool is full. We should have seen that.' }),
    entry(4, { text: 'Sarah forgot the index' }),
    entry(5, { text: 'Many users fail', source: 'spanhound' }),
    entry(6, { text: 'H1 confirmed: many users', value: 'hypothesis:inv:H1=confirmed' }),
    entry(7, { text: 'Why 1: the root cause is a full disk', value: 'why::1' }),
  ];
  const actionItems = [
    {
      id: 'a',
      incidentId: 'i1',
      number: 1,
      state: 'open',
      reason: '',
      text: 'Improve monitoring',
      owner: 'ops',
      due: '2025-02-01',
      createdBy: 'U0SARAH01',
      createdUs: START,
    } as const,
  ];
  const { rewrites } = drafted({ entries: written, actionItems, names: new Map([['U0SARAH01', 'Sarah']]) });

  test('is named by sentence, with its rule and its place, what blames comes first', () => {
    expect(rewrites.map(({ mark, rule, sentence }) => [mark, rule, sentence])).toEqual([
      ['T5', 'blame', 'a responder forgot the index'],
      ['T8', 'single-cause', 'the root cause is a full disk'],
      ['T4', 'hindsight', 'We should have seen that.'],
      ['T3', 'vague', 'Many users cannot sign in'],
      ['A1', 'vague', 'Improve monitoring'],
    ]);
    expect(rewrites.map(({ blocks }) => blocks)).toEqual([true, false, false, false, false]);
    for (const { advice } of rewrites) expect(advice).toMatch(/^(?:Say|Name|Give) /);
  });

  test('goes once it is rewritten, and the draft of a record without such words has none', () => {
    const rewritten = written.map((one) => ({ ...one, text: one.text.replace('We should have seen that.', '') }));
    expect(drafted({ entries: rewritten }).rewrites.map(({ rule }) => rule)).not.toContain('hindsight');
    expect(drafted().rewrites).toEqual([]);
  });
});

describe('proposed action items', () => {
  const lead: DiagnosedEvidence = {
    ...DIAGNOSED,
    findings: [
      { ...reportedFinding('missing-index', 'orders reads a whole table'), remedy: 'Add an index on orders.id.' },
    ],
    diagnosis: {
      verdict: 'orders reads a whole table',
      status: 'confirmed',
      kind: 'missing-index',
      service: 'orders',
      change: null,
      chain: [],
      ruledOut: [],
    },
    gaps: [{ source: 'prometheus', problem: 'is not configured', consequence: '' }],
  };
  const IMPACT = entry(-20, { value: 'impact-start', text: 'The impact began' });
  const entries = [IMPACT, ALERT, DECLARED, status(40, 'fixed', 'an index was added')].map((one) =>
    one === DECLARED ? { ...one, atUs: START + 12 * MINUTE } : one,
  );
  const record = { entries, diagnoses: [lead] };

  test('come from the remedy, from what was late and from the gaps, with their sources', () => {
    expect(drafted(record).proposals.map(({ type, text, cites }) => [type, text, cites])).toEqual([
      ['prevent', 'Add an index on orders.id', ['F1']],
      [
        'detect',
        'Add an alert on “missing-index” in orders that fires within 5 min of the start of the impact; this time it took 20 min',
        ['T1', 'T2'],
      ],
      [
        'respond',
        'Page the next person if nobody acknowledges this alert within 5 min; this time it took 12 min',
        ['T2', 'T3'],
      ],
      [
        'mitigate',
        'Write into the runbook how to reduce the impact of “missing-index” in orders before it is fixed; this time the fix took 40 min',
        ['T2', 'T4'],
      ],
      ['respond', 'Close this gap in the evidence: prometheus is not configured', ['E1']],
    ]);
  });

  test('come with a check for the alert that was missing, where a person reported the incident', () => {
    const reported = drafted({ ...record, incident: { ...INCIDENT, detectedBy: 'customer' } });
    expect(reported.proposals.find(({ type }) => type === 'detect')).toMatchObject({
      text: 'Add an alert on “missing-index” in orders that fires before a person reports it',
      probe: { kind: 'rule', rule: 'OrdersMissingIndex' },
    });
    expect(drafted(record).proposals.every(({ probe }) => probe === undefined)).toBe(true);
  });

  describe('with a check that the form proposes', () => {
    const slow: DiagnosedEvidence = {
      ...{ ...lead, gaps: [] },
      request: { service: 'orders', operation: 'GET /orders', startUs: START, durationUs: 5_200_000 },
      healthy: { startUs: START, durationUs: 311_000, path: [] },
    };
    const proposed = (one: DiagnosedEvidence) => {
      const { proposals, sections } = drafted({ ...record, entries: [ALERT, DECLARED], diagnoses: [one] });
      const found = proposals.filter(({ probe }) => probe !== undefined);
      const said = JSON.stringify(sections.find(({ id }) => id === 'action-items')?.statements);
      for (const { text } of found) expect(said).toContain(text);
      return found.map(({ type, text, cites, probe }) => [type, text, cites, probe && probeWritten(probe)]);
    };

    test('the p99 of an operation that was slow, under twice the time of its healthy request', () => {
      expect(proposed(slow)).toEqual([
        [
          'prevent',
          'Bring p99 of “GET /orders” in orders back under 620 ms; a request took 5.2 s in this incident, and 310 ms when it was healthy',
          ['E1'],
          'GET /orders of orders below 620 ms',
        ],
      ]);
      const request = { service: 'orders', operation: 'GET /orders', startUs: START };
      for (const none of [
        { ...slow, request: { ...request, durationUs: 600_000 } },
        { ...slow, request: { ...request, durationUs: 5_200_000, operation: 'GET /orders/4711' } },
        { ...slow, request: { ...request, durationUs: 5_200_000, service: 'the orders' } },
        { ...slow, healthy: undefined },
        { ...slow, answers: { right: 0, wrong: 1, lastUs: START } },
      ])
        expect(proposed(none)).toEqual([]);
    });

    test('the attribute that would say whose requests failed', () => {
      const affected = { service: 'orders', fromUs: START, toUs: START + MINUTE, requests: 12, failed: 3, slow: null };
      const counted: DiagnosedEvidence = { ...slow, healthy: undefined, affected };
      expect(proposed(counted)).toEqual([
        [
          'respond',
          'Write the tenant of each request as tenant.id on “GET /orders” in orders; no attribute says whose 3 of 12 requests failed or were slow',
          ['E1'],
          'tenant.id on GET /orders of orders',
        ],
      ]);
      expect(proposed({ ...counted, affected: { ...affected, people: { users: 2, tenants: 0 } } })).toEqual([]);
      expect(proposed({ ...counted, affected: { ...affected, failed: 0 } })).toEqual([]);
      expect(proposed({ ...counted, affected: { ...affected, service: 'shop' } })).toEqual([]);
    });
  });

  test('are gone once accepted, dropped or not; a doubted diagnosis proposes nothing, nor does a record without faults', () => {
    const [first] = drafted(record).proposals;
    const id = proposedItemId(INCIDENT.id, first?.id ?? '');
    const said = { owner: 'ops', due: '2025-02-01', createdBy: 'U0SARAH01', createdUs: START, reason: 'no' };
    const item = { ...said, id, incidentId: 'i1', number: 1, state: 'dropped', text: 'Add it' } as const;
    const after = drafted({ ...record, actionItems: [item] }).proposals;
    expect(after.map(({ text }) => text)).not.toContain('Add an index on orders.id');
    const doubted = { ...lead, answers: { right: 0, wrong: 1, lastUs: START } };
    expect(drafted({ ...record, diagnoses: [doubted] }).proposals.map(({ type }) => type)).not.toContain('prevent');
    expect(drafted().proposals).toEqual([]);
  });

  test('are gone once declined; another incident’s decline, and the draft’s other sections, do not count it', () => {
    const [first] = drafted(record).proposals;
    const decline = entry(50, { kind: 'message', value: `declined=${first?.id}`, text: 'Declined it' });
    const after = drafted({ ...record, entries: [...entries, decline] });
    expect(after.proposals.map(({ text }) => text)).not.toContain('Add an index on orders.id');
    expect(JSON.stringify(after.sections)).not.toContain('Declined it');
    const merged = drafted({ ...record, entries: [...entries, { ...decline, from: 'INC-2' }] });
    expect(merged.proposals.map(({ text }) => text)).toContain('Add an index on orders.id');
  });

  test('are tasks that the lint takes, with ids that a button can hold, whatever a service is called', () => {
    const hostile = {
      ...lead,
      findings: lead.findings.map((one) => ({ ...one, service: '\ud800:=注文', remedy: 'Be more careful' })),
    };
    const { proposals } = drafted({ ...record, diagnoses: [hostile] });
    expect(proposals.map(({ text }) => text)).not.toContain('Be more careful');
    const tricky = { ...lead, findings: lead.findings.map((one) => ({ ...one, service: '\ud800:=注文' })) };
    for (const { id } of drafted({ ...record, diagnoses: [tricky] }).proposals) expect(id).toMatch(/^[\w%.~!*'()-]+$/);
  });
});
