/** Every sentence of the draft rests on the record: without an entry its sentences go, with another one they change. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  declarationText,
  type Incident,
  ONSET,
  SEVERITIES,
  STATUSES,
  severityText,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import type { DiagnosedEvidence, Postmortem, PostmortemRecord } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { reportedFinding } from '#test/reported-finding.ts';

const MINUTE = 60_000_000;
/** Monday, 2025-01-06 14:30 UTC */
const START = Date.UTC(2025, 0, 6, 14, 30) * 1_000;
const [SARAH, MIKE, KIM] = ['U0SARAH01', 'U0MIKE001', 'U0KIM0001'];

const INCIDENT: Incident = {
  id: 'i1',
  workspaceId: 'T1',
  number: 7,
  title: 'Orders fail',
  severity: 'P1',
  status: 'resolved',
  channelId: 'C1',
  declaredBy: SARAH,
  declaredUs: START + 2 * MINUTE,
  impactStartUs: START - 40 * MINUTE,
  detectedBy: 'alert',
  detection: 'pagerduty: Errors over 5 %',
  investigationId: 'inv',
  resolvedUs: START + 60 * MINUTE,
  roles: { commander: MIKE, 'technical-lead': SARAH },
};

type Made = Partial<TimelineEntry> & Pick<TimelineEntry, 'kind'>;

function timelineOf(made: readonly (readonly [minutes: number, entry: Made])[]): TimelineEntry[] {
  return made.map(([minutes, entry], index) => {
    const atUs = START + minutes * MINUTE;
    const usual = { id: `e${index}`, atUs, notedUs: atUs, text: '', source: SARAH, link: '', value: '' };
    return { ...usual, ...entry };
  });
}

const ENTRIES = timelineOf([
  [-50, { kind: 'change', text: 'deploy of orders: v42', source: 'github', link: 'https://ci.example/42' }],
  [-40, { kind: 'note', text: 'Impact began', value: 'impact-start', notedUs: START + 30 * MINUTE }],
  [-38, { kind: 'finding', text: 'Trouble began: 3 of 12 requests fail', value: ONSET, source: 'spanhound' }],
  [
    0,
    { kind: 'alert', text: 'Errors over 5 %', source: 'pagerduty', value: 'triggered', link: 'https://pd.example/1' },
  ],
  [1, { kind: 'diagnosis', text: 'orders waits for a lock', value: 'inv', source: 'spanhound' }],
  [2, { kind: 'status', text: 'Declared P2, investigating', value: 'investigating' }],
  [3, { kind: 'role', text: `Incident commander: nobody → ${MIKE}`, value: `commander=${MIKE}`, source: MIKE }],
  [4, { kind: 'role', text: `Technical lead: nobody → ${SARAH}`, value: `technical-lead=${SARAH}` }],
  [5, { kind: 'severity', text: 'P2 → P0', value: 'P0' }],
  [6, { kind: 'note', text: 'Why 2: the index was dropped', value: 'why:inv:2', source: KIM }],
  [7, { kind: 'status', text: 'investigating → identified: a lock', value: 'identified' }],
  [8, { kind: 'update', text: 'Customers were told', source: MIKE }],
  [9, { kind: 'status', text: 'identified → mitigated: scaled up', value: 'mitigated' }],
  [10, { kind: 'severity', text: 'P0 → P1', value: 'P1' }],
  [12, { kind: 'status', text: 'mitigated → fixed: index added', value: 'fixed' }],
  [20, { kind: 'status', text: 'fixed → resolved: all green', value: 'resolved' }],
  [30, { kind: 'status', text: 'resolved → investigating: it is back', value: 'investigating' }],
  [31, { kind: 'message', text: 'Errors again', source: KIM, link: 'https://slack.example/p1' }],
  [60, { kind: 'status', text: 'investigating → resolved: all green', value: 'resolved' }],
  [61, { kind: 'action', text: 'Add an alert on locks (owner DB team, due 2025-01-20)' }],
]);

const E1: DiagnosedEvidence = {
  investigationId: 'inv',
  traceId: 'abc',
  link: '',
  request: { service: 'web', operation: 'GET /orders', startUs: START - MINUTE, durationUs: 5_200_000 },
  spanCount: 9,
  errorCount: 2,
  findings: [reportedFinding('lock-contention', 'a lock'), reportedFinding('slow-query', 'a slow query')],
  diagnosis: {
    verdict: 'orders waits for a lock',
    status: 'confirmed',
    kind: 'lock-contention',
    service: 'orders',
    change: { id: 'v42', kind: 'deploy', service: 'orders', at: '2025-01-06T13:40:00.000Z' },
    chain: [{ finding: 0, because: 1 }],
    ruledOut: [{ kind: 'slow-query', service: 'stock', why: 'it took 3 ms' }],
  },
  gaps: [{ source: 'loki', problem: 'timed out', consequence: 'no line was read' }],
  whys: {
    symptom: 'GET /orders took 5.2 s',
    evidence: [],
    whys: [
      { number: 1, standing: 'shown', text: 'orders waits for a lock', evidence: [], lookAt: '' },
      { number: 2, standing: 'open', text: 'Who held it?', evidence: [], lookAt: 'The transactions.' },
    ],
  },
  affected: {
    service: 'orders',
    fromUs: START - 15 * MINUTE,
    toUs: START + MINUTE,
    requests: 12,
    failed: 3,
    slow: 2,
    operations: [{ operation: 'orders GET /orders', requests: 6, failed: 3, slow: 1 }],
    failing: { firstUs: START - 4 * MINUTE, lastUs: START - MINUTE },
    people: { users: 3, tenants: 1 },
  },
  hypothesis: 'H1',
  case: undefined,
};
const E2: DiagnosedEvidence = {
  ...E1,
  investigationId: 'inv2',
  traceId: 'def',
  findings: [reportedFinding('cache-miss-cascade', 'a cold cache')],
  diagnosis: {
    ...E1.diagnosis,
    verdict: 'the cache is cold',
    status: 'likely',
    kind: 'cache-miss-cascade',
    change: null,
    service: 'orders',
    chain: [],
    ruledOut: [],
  },
  gaps: [],
  whys: undefined,
  affected: undefined,
  request: undefined,
};

const ITEM = { incidentId: 'i1', reason: '', owner: 'DB team', createdBy: SARAH, createdUs: START } as const;
const ITEMS: PostmortemRecord['actionItems'] = [
  { ...ITEM, id: 'a1', number: 1, text: 'Add an alert on locks', due: '2025-01-20', state: 'open' },
  { ...ITEM, id: 'a2', number: 2, text: 'Add an index', due: '2025-02-20', state: 'done' },
];

const RECORD: PostmortemRecord = {
  incident: INCIDENT,
  entries: ENTRIES,
  actionItems: ITEMS,
  diagnoses: [E1, E2],
  similar: [],
  others: 0,
  names: new Map(),
};

type Sentence = Readonly<{ section: string; text: string; cites: readonly string[] }>;

/** Statements and rows of times, citing entries by id: each draft numbers its marks anew. */
function sentencesOf(record: PostmortemRecord): readonly Sentence[] {
  const { sections, metricRows, timeline, findings, evidence, actionItems } = postmortemOf(record);
  const inOrder = [...record.entries].sort(
    (a, b) => a.atUs - b.atUs || a.notedUs - b.notedUs || (a.id < b.id ? -1 : 1),
  );
  const nameOf = new Map([
    ...timeline.map(({ mark }, index) => [mark, inOrder[index]?.id ?? ''] as const),
    ...findings.map(({ mark, title }) => [mark, `finding ${title}`] as const),
    ...evidence.map(({ mark, investigationId }) => [mark, investigationId] as const),
    ...actionItems.map(({ mark }, index) => [mark, record.actionItems[index]?.id ?? ''] as const),
  ]);
  const cited = (cites: readonly string[]) => cites.map((mark) => nameOf.get(mark) ?? mark);
  return [
    ...sections.flatMap(({ title, statements }) =>
      statements.map(({ words, cites }) => ({ section: title, text: said(words), cites: cited(cites) })),
    ),
    ...metricRows
      .filter(({ cites }) => cites.length > 0)
      .map(({ name, value, means, cites }) => ({ section: name, text: `${value}: ${means}`, cites: cited(cites) })),
  ];
}

function said(words: Postmortem['sections'][number]['statements'][number]['words']): string {
  return words.map((word) => (typeof word === 'string' ? word : new Date(word.atUs / 1_000).toISOString())).join('');
}

/** Sentences that cited the struck entry and still stand. They may stand if they cite another entry now. */
function staleAfter(struck: string, before: readonly Sentence[], after: readonly Sentence[]): readonly Sentence[] {
  return before
    .filter(({ cites }) => cites.includes(struck))
    .filter(({ section, text, cites }) => {
      const still = after.filter((one) => one.section === section && one.text === text);
      const isElsewhere = (one: Sentence) => one.cites.some((name) => !cites.includes(name));
      return still.length > 0 && !still.some(isElsewhere);
    });
}

/** Sentences that are gone although they did not cite the struck entry. */
function goneWithout(struck: string, before: readonly Sentence[], after: readonly Sentence[]): readonly Sentence[] {
  const left = new Set(after.map(({ section, text }) => `${section}\n${text}`));
  return before.filter(({ section, text, cites }) => !cites.includes(struck) && !left.has(`${section}\n${text}`));
}

const without = (record: PostmortemRecord, id: string) => ({
  ...record,
  entries: record.entries.filter((entry) => entry.id !== id),
});
const changed = (record: PostmortemRecord, id: string) => ({
  ...record,
  entries: record.entries.map((entry) => (entry.id === id ? another(entry) : entry)),
});

/** An entry of the same kind with another time, source, text and value. */
function another(entry: TimelineEntry): TimelineEntry {
  const { kind, value, link, atUs } = entry;
  const toUs = atUs + 7 * MINUTE + 13_000_000;
  return {
    ...entry,
    atUs: toUs,
    notedUs: toUs,
    source: 'U0OTHER01',
    link: link === '' ? 'https://other.example' : '',
    ...otherWords(entry),
    ...(kind === 'status' && { value: value === 'mitigated' ? 'identified' : 'mitigated' }),
  };
}

function otherWords({ kind, value }: TimelineEntry): Pick<TimelineEntry, 'text' | 'value'> {
  switch (kind) {
    case 'severity':
      return { text: severityText('P3', value === 'P2' ? 'P1' : 'P2'), value: value === 'P2' ? 'P1' : 'P2' };
    case 'role':
      return { text: 'Incident commander: nobody → U0OTHER01', value: value.replace(/=.*/, '=U0OTHER01') };
    case 'alert':
      return { text: 'Something else', value: 'resolved' };
    default:
      return { text: 'Something else', value: value === 'impact-start' || value === ONSET ? value : '' };
  }
}

describe('an incident with everything in it', () => {
  const before = sentencesOf(RECORD);

  test('cites each entry, except those that only the timeline and the tables show', () => {
    const cited = new Set(before.flatMap(({ cites }) => cites));
    expect(ENTRIES.filter(({ id }) => !cited.has(id)).map(({ kind }) => kind)).toEqual([
      'diagnosis',
      'message',
      'action',
    ]);
    expect(before.length).toBeGreaterThan(40);
  });

  test.each(ENTRIES.map(({ id, kind, text }) => [id, kind, text] as const))(
    'without %s (%s %s) the sentences that rest on it are gone, and no others',
    (id) => {
      const after = sentencesOf(without(RECORD, id));
      expect(staleAfter(id, before, after)).toEqual([]);
      // The first alert decides what came before it and what came first after it.
      const isTold = ({ section }: Sentence) => id !== ALERT_ID || !/^(Lead-up|Trigger|What happened)$/.test(section);
      expect(goneWithout(id, before, after).filter(isTold)).toEqual([]);
    },
  );

  test.each(ENTRIES.map(({ id, kind, text }) => [id, kind, text] as const))(
    'with another one in place of %s (%s %s) the sentences that rest on it say something else',
    (id) => {
      const after = sentencesOf(changed(RECORD, id));
      const stale = before
        .filter(({ cites }) => cites.includes(id))
        .filter(({ section, text, cites }) =>
          after.some(
            (one) => one.section === section && one.text === text && cites.every((name) => one.cites.includes(name)),
          ),
        );
      expect(stale).toEqual([]);
    },
  );

  test.each(ITEMS.map(({ id }) => id))('without the action item %s the sentences that rest on it are gone', (id) => {
    const actionItems = ITEMS.filter((item) => item.id !== id);
    expect(before.filter(({ cites }) => cites.includes(id)).map(({ section }) => section)).toEqual(['Summary']);
    expect(staleAfter(id, before, sentencesOf({ ...RECORD, actionItems }))).toEqual([]);
  });

  test.each([
    ['without it', { ...RECORD, diagnoses: [E2] }],
    ['with another verdict and other counts', { ...RECORD, diagnoses: [otherEvidence(E1), E2] }],
  ] as const)('the sentences that rest on a diagnosis are gone %s', (_, record) => {
    const after = sentencesOf(record);
    expect(before.filter(({ cites }) => cites.includes('inv')).length).toBeGreaterThan(8);
    const still = before
      .filter(({ cites }) => cites.includes('inv'))
      .filter(({ section, text }) => after.some((one) => one.section === section && one.text === text));
    expect(still).toEqual([]);
  });
});

const ALERT_ID = ENTRIES.find(({ kind }) => kind === 'alert')?.id;

function otherEvidence(one: DiagnosedEvidence): DiagnosedEvidence {
  const { diagnosis, affected, request, whys } = one;
  return {
    ...one,
    findings: [reportedFinding('lock-contention', 'another lock')],
    diagnosis: diagnosis && {
      ...diagnosis,
      verdict: 'another verdict',
      change: { id: 'v43', kind: 'deploy', service: 'orders', at: '2025-01-06T13:50:00.000Z' },
      chain: [],
      ruledOut: [{ kind: 'slow-query', service: 'stock', why: 'it took 4 ms' }],
    },
    gaps: [{ source: 'loki', problem: 'refused', consequence: 'no line was read' }],
    request: request && { ...request, durationUs: 1 },
    affected: affected && {
      ...affected,
      failed: 4,
      operations: [{ operation: 'orders GET /orders', requests: 6, failed: 4 }],
      failing: { firstUs: START - 5 * MINUTE, lastUs: START - MINUTE },
      people: { users: 4, tenants: 1 },
    },
    whys: whys && { ...whys, symptom: 'Another', whys: whys.whys.map((why) => ({ ...why, text: 'Another.' })) },
  };
}

const minutes = fc.integer({ min: -600, max: 600 });
const person = fc.constantFrom(SARAH, MIKE, KIM);
const words = fc.constantFrom('restarted the pool', 'an index was added', 'errors are back');
const severity = fc.constantFrom(...SEVERITIES);

const entryMade: fc.Arbitrary<readonly [number, Made]> = fc.tuple(
  minutes,
  fc.oneof(
    fc.record({
      kind: fc.constant('alert'),
      text: words,
      source: fc.constant('pagerduty'),
      value: fc.constantFrom('triggered', 'resolved'),
    }),
    fc.record({ kind: fc.constantFrom('note', 'message', 'update', 'change'), text: words, source: person }),
    fc.record({
      kind: fc.constant('finding'),
      text: words,
      source: fc.constant('spanhound'),
      value: fc.constant(ONSET),
    }),
    fc
      .tuple(fc.constantFrom(...STATUSES), words, person)
      .map(([value, text, source]) => ({ kind: 'status', text: `investigating → ${value}: ${text}`, value, source })),
    fc
      .tuple(severity, severity, person)
      .map(([from, to, source]) => ({ kind: 'severity', text: severityText(from, to), value: to, source })),
    fc.tuple(fc.constantFrom('commander', 'communications-lead'), person).map(([role, holder]) => ({
      kind: 'role',
      text: `${role}: nobody → ${holder}`,
      value: `${role}=${holder}`,
      source: holder,
    })),
  ) as fc.Arbitrary<Made>,
);

const recordMade = fc
  .record({
    made: fc.array(entryMade, { maxLength: 10 }),
    declared: fc.option(fc.tuple(minutes, severity)),
    impact: fc.option(minutes),
    detectedBy: fc.constantFrom('alert' as const, 'customer' as const, 'employee' as const),
    late: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ made, declared, impact, detectedBy, late }): PostmortemRecord => {
    const declaration = declared && {
      kind: 'status' as const,
      text: declarationText({ severity: declared[1], status: 'investigating' }),
      value: 'investigating',
    };
    const entries = timelineOf([
      ...made,
      ...(declared && declaration ? [[declared[0], declaration] as const] : []),
      ...(impact === null ? [] : [[impact, { kind: 'note', text: 'Impact began', value: 'impact-start' }] as const]),
    ]);
    return {
      ...RECORD,
      incident: { ...INCIDENT, detectedBy },
      entries: entries.map((entry, index) => (index === 0 ? { ...entry, notedUs: entry.atUs + late * MINUTE } : entry)),
    };
  });

/** A third of the usual number: a record has few kinds of entries, and each run drafts it up to three times. */
const RUNS = { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 3) };

describe('any record', () => {
  test('has no sentence without something to cite', () => {
    fc.assert(
      fc.property(recordMade, (record) => {
        const { sections, timeline, findings, evidence, actionItems } = postmortemOf(record);
        const marks = new Set([...timeline, ...findings, ...evidence, ...actionItems].map(({ mark }) => mark));
        for (const { statements } of sections) {
          for (const { cites } of statements) {
            expect(cites.length).toBeGreaterThan(0);
            for (const mark of cites) expect(marks).toContain(mark);
          }
        }
      }),
      RUNS,
    );
  });

  test('begins with five lines, each a sentence or what the record lacks', () => {
    fc.assert(
      fc.property(recordMade, fc.boolean(), (record, isDiagnosed) => {
        const { sections } = postmortemOf(isDiagnosed ? record : { ...record, diagnoses: [] });
        const { title, statements = [], missing = [] } = sections[0] ?? {};
        const lines = [...statements.map(({ words }) => said(words)), ...missing];
        expect(title).toBe('Summary');
        expect(lines.map((line) => line.slice(0, line.indexOf(':'))).sort()).toEqual([
          'Affected',
          'How long',
          'Still open',
          'What broke',
          'What ended it',
        ]);
      }),
      RUNS,
    );
  });

  test('loses with a diagnosis each sentence of the first five lines that rests on it', () => {
    fc.assert(
      fc.property(recordMade, (record) => {
        const summaryOf = (one: PostmortemRecord) => sentencesOf(one).filter(({ section }) => section === 'Summary');
        const after = summaryOf({ ...record, diagnoses: [E2] });
        expect(staleAfter('inv', summaryOf(record), after)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('loses with an entry each sentence that rests on it', () => {
    fc.assert(
      fc.property(recordMade, fc.nat(), (record, nth) => {
        const struck = record.entries[nth % Math.max(1, record.entries.length)];
        if (struck === undefined) return;
        expect(staleAfter(struck.id, sentencesOf(record), sentencesOf(without(record, struck.id)))).toEqual([]);
      }),
      RUNS,
    );
  });
});
