import { describe, expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident.ts';
import type { DiagnosedEvidence, Postmortem, PostmortemRecord } from '#model/postmortem.ts';
import { postmortemOf } from '#model/postmortem-draft.ts';

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

describe('what the record does not hold', () => {
  test('is named and asked for, and no time is shown as 0 because its end is missing', () => {
    const postmortem = drafted();
    expect(postmortem.metrics).toMatchObject({ confirmationMinutes: undefined, repairMinutes: undefined });
    expect(postmortem.metricRows.map(({ value }) => value)).toEqual(['0 min', undefined, undefined, undefined]);
    const resolution = sectionOf(postmortem, 'Resolution');
    expect(resolution.statements).toEqual([]);
    expect(resolution.missing).toEqual([
      'No entry says that the impact was mitigated.',
      'No entry says that the fix was applied.',
      'No entry says that the end was confirmed.',
    ]);
    expect(sectionOf(postmortem, 'Summary').said.at(-1)).toBe('Its end is not confirmed: the status is investigating.');
  });

  test('leaves no section empty, not even for a record without an entry', () => {
    for (const { title, statements, missing, questions, table } of drafted({ entries: [] }).sections) {
      expect(statements.length + missing.length + questions.length + (table ? 1 : 0), title).toBeGreaterThan(0);
    }
  });

  test('is asked for with what or how, never with why', () => {
    const questions = drafted().sections.flatMap((section) => section.questions);
    expect(questions.length).toBeGreaterThan(10);
    for (const question of questions) expect(question).toMatch(/^(What|How)\b.*\?$/);
  });
});

test('every statement cites something that the draft holds', () => {
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
  expect(sectionOf(postmortem, 'Difficulties').said).toContain('1 entry was noted more than 5 min after it happened.');
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

  test('are their roles in what is said of the incident', () => {
    expect(words('U0MIKE001 and U0SARAH01 scaled up')).toContain('the incident commander and a responder scaled up');
    expect(words('@Mike asked Sarah to scale up')).toContain('the incident commander asked a responder to scale up');
  });

  test('are not looked for inside other words', () => {
    expect(words('scaled up in the Sarahan region, UPDATE queries went down')).toContain(
      'scaled up in the Sarahan region, UPDATE queries went down',
    );
  });

  test('are named under Responders and as who said it in the timeline', () => {
    const postmortem = drafted({ incident: { ...INCIDENT, roles }, names });
    expect(sectionOf(postmortem, 'Responders').said).toEqual(['Incident commander: U0MIKE001', 'Responder: U0SARAH01']);
    expect(postmortem.timeline.map(({ source }) => source)).toEqual(['pagerduty', 'U0SARAH01']);
  });

  test('are not blamed: words that look for somebody at fault stay in the timeline and become a question', () => {
    const blaming = status(5, 'mitigated', 'U0MIKE001 forgot to drain the node');
    const postmortem = drafted({ entries: [ALERT, DECLARED, blaming], names });
    expect(sectionOf(postmortem, 'Resolution').said).toEqual([
      'The impact was mitigated on <at>, 5 min after the first alert.',
    ]);
    expect(postmortem.timeline[2]?.text).toContain('forgot');
    expect(sectionOf(postmortem, 'Open questions').questions[0]).toBe(
      'What in the system, and not in a person, does T3 describe?',
    );
  });
});

describe('the diagnosis', () => {
  const finding = (detector: string, title: string) => ({
    detector,
    service: 'orders',
    operation: 'GET /',
    title,
    explanation: `It is ${title}.`,
    remedy: `Mend ${title}.`,
    check: `${title} is gone.`,
    runbook: '',
    evidence: [],
  });
  const verdict = {
    verdict: 'orders waits for a lock',
    status: 'likely',
    kind: 'lock-contention',
    service: 'orders',
    change: null,
    chain: [],
    ruledOut: [],
  } as const;

  test('gives the whys in order, from what was felt to what lies behind it', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [finding('bottleneck', 'A'), finding('lock-contention', 'B'), finding('slow-query', 'C')],
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
    expect(sectionOf(postmortem, 'Why did it happen').questions[0]).toContain('let F3 come about');
  });

  test('takes them from the 5 Whys: what the evidence says, what people said, and what is open', () => {
    const why = { evidence: [], lookAt: '' };
    const diagnosed: DiagnosedEvidence = {
      ...DIAGNOSED,
      findings: [finding('slow-query', 'C')],
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
      '<at>: Why 2: the index was dropped.',
    ]);
    expect(section.statements.map(({ cites }) => cites)).toEqual([['E1'], ['F1'], ['T3']]);
    expect(section.questions).toEqual(['What answers why 3, “What changed?” (look at: Deployments)?']);
  });

  test('does not turn in circles where the chain does', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [finding('bottleneck', 'A'), finding('lock-contention', 'B')],
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

  test('counts the same finding in several traces once, and says of one outside the chain that its part is unknown', () => {
    const one = {
      ...DIAGNOSED,
      findings: [finding('lock-contention', 'B'), finding('slow-query', 'C')],
      diagnosis: verdict,
    };
    const postmortem = drafted({ diagnoses: [one, { ...one, investigationId: 'inv2' }] });
    expect(postmortem.findings.map(({ mark, title }) => `${mark} ${title}`)).toEqual(['F1 B', 'F2 C']);
    expect(sectionOf(postmortem, 'Contributing factors').said).toEqual([
      'B. It is B. Standing: likely.',
      'C. It is C. Standing: its part is unknown.',
    ]);
  });

  test('that is inconclusive is an open question and not a cause', () => {
    const diagnosed = {
      ...DIAGNOSED,
      findings: [finding('lock-contention', 'B')],
      diagnosis: { ...verdict, status: 'inconclusive' as const },
    };
    const postmortem = drafted({ diagnoses: [diagnosed] });
    expect(sectionOf(postmortem, 'Open questions').said).toContain('The evidence does not decide the verdict.');
    expect(sectionOf(postmortem, 'Contributing factors').said[0]).toContain('Standing: unknown.');
  });

  test('names a change as the trigger, apart from what contributed', () => {
    const change = { id: 'v42', kind: 'deploy', service: 'orders', at: '2025-01-06T14:28:00.000Z' };
    const diagnosed = { ...DIAGNOSED, findings: [finding('lock-contention', 'B')], diagnosis: { ...verdict, change } };
    expect(sectionOf(drafted({ diagnoses: [diagnosed] }), 'Trigger').said).toEqual([
      'The verdict names a deploy of orders: v42, 2025-01-06T14:28:00.000Z.',
    ]);
  });
});

describe('what went well', () => {
  test('holds a milestone only where it came before the first update was due', () => {
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

test('asks of a vague action item what will be different, and of a concrete one nothing', () => {
  const item = { id: 'a', incidentId: 'i1', owner: 'DB team', due: '2025-01-13', createdBy: 'U1', createdUs: START };
  const actionItems = [
    { ...item, text: 'Investigate slow queries' },
    { ...item, text: 'Add an alert on p99 over 2 s' },
    { ...item, text: 'Look into indexes' },
  ];
  expect(sectionOf(drafted({ actionItems }), 'Action items').questions).toEqual([
    'What will be different once A1 is done, and how is that seen?',
    'What will be different once A3 is done, and how is that seen?',
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
