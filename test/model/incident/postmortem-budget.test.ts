/** The share of the error budget in a draft. */
import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import type { DiagnosedEvidence, PostmortemRecord } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';

const MINUTE = 60_000_000;
const START = Date.UTC(2025, 0, 6, 14, 30) * 1_000;

const INCIDENT: Incident = {
  ...{ id: 'i1', workspaceId: 'T1', number: 7, title: 'Orders fail', severity: 'P1', status: 'resolved' },
  ...{ channelId: 'C1', declaredBy: 'U0SARAH01', declaredUs: START, detectedBy: 'alert', detection: '', roles: {} },
};

function entry(id: string, atMinutes: number, more: Partial<TimelineEntry>): TimelineEntry {
  const atUs = START + atMinutes * MINUTE;
  return { id, atUs, notedUs: atUs, kind: 'note', text: '', source: 'U0SARAH01', link: '', value: '', ...more };
}

const BEGAN = entry('began', -2, { value: 'impact-start', text: 'Impact began' });
const ALERT = entry('alert', 0, { kind: 'alert', text: 'Budget burns', source: 'alertmanager', value: 'triggered' });
const DECLARED = entry('declared', 1, { kind: 'status', text: 'Declared P1, investigating', value: 'investigating' });
const MITIGATED = entry('mitigated', 8, { kind: 'status', text: 'investigating → mitigated', value: 'mitigated' });

const COUNTED: DiagnosedEvidence = {
  ...{ investigationId: 'inv', traceId: 'abc', link: '', request: undefined, spanCount: 0, errorCount: 0 },
  ...{ findings: [], diagnosis: undefined, gaps: [], whys: undefined, case: undefined },
  affected: { service: 'orders', fromUs: START - 2 * MINUTE, toUs: START, requests: 100, failed: 25, slow: 0 },
};

function budgetIn(record: Partial<PostmortemRecord>) {
  const postmortem = postmortemOf({
    incident: INCIDENT,
    entries: [BEGAN, ALERT, DECLARED, MITIGATED],
    actionItems: [],
    diagnoses: [COUNTED],
    similar: [],
    others: 0,
    names: new Map(),
    objective: { target: 0.999, days: 30, entryId: 'alert' },
    ...record,
  });
  const impact = postmortem.sections.find(({ id }) => id === 'impact');
  const found = impact?.statements.find(({ words }) => `${words[0]}`.startsWith("The alert's objective"));
  return found && { text: found.words.join(''), cites: found.cites };
}

test('says which share of the budget the incident used, with its arithmetic and sources', () => {
  expect(budgetIn({})).toEqual({
    text:
      "The alert's objective is 99.9 % over 30 days: its budget is 43 min 12 s in which every request fails." +
      ' This incident used about 6 % of it: 25 % of the requests failed (25 of 100), for 10 min from the start of the impact' +
      ' to the mitigation, and 25 ÷ 100 × 10 min ÷ 43 min 12 s is 6 %.' +
      ' It counts as if this share and the traffic had stayed the same.',
    cites: ['T2', 'T1', 'T4', 'E1'],
  });
});

test('more than the whole budget is said as it is', () => {
  expect(budgetIn({ objective: { target: 0.9999, days: 7, entryId: 'alert' } })?.text).toContain('about 248 % of it');
});

test('requests from before the start have another share: only the slots since then count', () => {
  const slots = [0, 0, 10].map((failed) => ({ requests: 20, failed, medianUs: 1 }));
  const overTime = [{ isHealthy: false, fromUs: START - 30 * MINUTE, toUs: START + 6 * MINUTE, slots }];
  const affected = { service: 'orders', requests: 60, failed: 10, slow: 0, fromUs: START - 30 * MINUTE, toUs: START };
  expect(budgetIn({ diagnoses: [{ ...COUNTED, affected: { ...affected, overTime } }] })).toBeUndefined();
  const later = [{ isHealthy: false, fromUs: START - 32 * MINUTE, toUs: START + 13 * MINUTE, slots }];
  const found = budgetIn({ diagnoses: [{ ...COUNTED, affected: { ...affected, overTime: later } }] });
  expect(found?.text).toContain('50 % of the requests failed (10 of 20)');
  expect(budgetIn({ diagnoses: [{ ...COUNTED, affected }] })).toBeUndefined();
});

test.each([
  ['no objective', { objective: undefined }],
  ['no end', { entries: [BEGAN, ALERT, DECLARED] }],
  ['no counts', { diagnoses: [] }],
  ['no failures', { diagnoses: [{ ...COUNTED, affected: { ...COUNTED.affected, failed: 0 } }] }],
  ['few requests', { diagnoses: [{ ...COUNTED, affected: { ...COUNTED.affected, requests: 9, failed: 3 } }] }],
])('says nothing with %s', (_, record) => {
  expect(budgetIn(record as Partial<PostmortemRecord>)).toBeUndefined();
});
