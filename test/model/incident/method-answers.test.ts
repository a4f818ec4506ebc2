import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { checkedBoxes } from '#model/incident/method-answers.ts';

const AT = Date.UTC(2025, 0, 6, 14, 30) * 1_000;
const MINUTE = 60_000_000;

const INCIDENT: Incident = {
  id: 'i1',
  workspaceId: 'T1',
  number: 7,
  title: 'Orders fail',
  severity: 'P1',
  status: 'investigating',
  channelId: 'C1',
  declaredBy: 'U0SARAH01',
  declaredUs: AT,
  detectedBy: 'alert',
  detection: '',
  roles: {},
};

function severityStep(entries: readonly TimelineEntry[]) {
  const record = { checklist: undefined, incident: INCIDENT, entries, ticks: new Map(), nowUs: AT };
  return checkedBoxes(record)
    .flatMap(({ items }) => items)
    .find(({ id }) => id === 'severity')?.entry;
}

test('the severity is the word of whoever declared it', () => {
  expect(severityStep([])).toMatchObject({ text: 'P1', source: 'U0SARAH01', atUs: AT });
});

test('a severity that was raised since is the word of whoever raised it, and of then', () => {
  const entry = { id: 'e1', atUs: AT + MINUTE, notedUs: AT + MINUTE, link: '', value: 'P1' };
  const raised = { ...entry, kind: 'severity', text: 'P2 → P1', source: 'U0MIKE001' } as const;
  expect(severityStep([raised])).toMatchObject({ text: 'P2 → P1', source: 'U0MIKE001', atUs: AT + MINUTE });
});
