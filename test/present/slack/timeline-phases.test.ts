import { describe, expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { timelineByPhase } from '#present/slack/timeline-phases.ts';
import { blockText } from '#test/block-text.ts';

const MINUTE_US = 60_000_000;
const START_US = Date.UTC(2026, 0, 6, 14, 0) * 1_000;
const INCIDENT = {
  ...{ id: 'i1', number: 4, title: 'Checkout is slow', status: 'identified', roles: {} },
  declaredUs: START_US + 12 * MINUTE_US,
} as Incident;

function entry(minute: number, kind: TimelineEntry['kind'], text: string, more: Partial<TimelineEntry> = {}) {
  const atUs = START_US + minute * MINUTE_US;
  return { id: `e${minute}`, atUs, notedUs: atUs, kind, text, source: 'U1', link: '', value: '', ...more };
}

const BEGIN = [
  entry(10, 'alert', 'p95 over 2 s', { value: 'firing' }),
  entry(12, 'status', 'Declared P1, investigating', { value: 'investigating' }),
  entry(13, 'diagnosis', 'No index on users.email', { value: 'd1' }),
  entry(20, 'status', 'investigating → identified: the index is missing', { value: 'identified' }),
];

function notes(count: number, from: number, more: Partial<TimelineEntry> = {}, step = 1): readonly TimelineEntry[] {
  return Array.from({ length: count }, (_, at) => entry(from + at * step, 'note', `note ${at + 1}.`, more));
}

const textOf = (blocks: Parameters<typeof blockText>[0]) =>
  blockText(blocks)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[,:)])/g, '');
const said = (entries: readonly TimelineEntry[], incident = INCIDENT) =>
  textOf(timelineByPhase({ incident, entries, names: new Map() }).blocks);

describe('a long timeline by phase', () => {
  const entries = [...BEGIN, ...notes(10, 21)];

  test('has one line for each finished phase, and the running one open', () => {
    const text = said(entries);
    expect(text).toMatch(/Detected, 10 min, 3 entries: .*Diagnosis No index on users\.email/);
    expect(text).not.toContain('p95 over 2 s');
    expect(text).toMatch(/Confirmed, since .*the index is missing/s);
    for (let at = 1; at <= 10; at++) expect(text).toContain(`note ${at}.`);
  });

  test('says how many entries of the running phase are missing, and a button shows all', () => {
    const message = timelineByPhase({ incident: INCIDENT, entries: [...BEGIN, ...notes(30, 21)], names: new Map() });
    expect(textOf(message.blocks)).toContain('the newest 12 of 31 entries');
    expect(textOf(message.blocks)).not.toContain('note 18.');
    expect(message.blocks.at(-1)).toMatchObject({
      elements: [
        { action_id: 'incident_timeline_1', text: { text: 'Show all 34' }, value: 'i1:1' },
        { action_id: 'incident_timeline_picture', value: 'i1' },
      ],
    });
    expect(message.text).toBe('INC-4 timeline by phase: detected (3), confirmed (31)');
  });

  test('that is over has no running phase', () => {
    const end = entry(60, 'status', 'identified → resolved: green', { value: 'resolved' });
    const text = said([...entries, end], { ...INCIDENT, status: 'resolved', resolvedUs: end.atUs });
    expect(text).toMatch(/Confirmed, 40 min, 11 entries: /);
    expect(text).toMatch(/Resolved .*identified → resolved: green/s);
    expect(text).not.toContain('since');
  });
});

test('a short timeline is whole', () => {
  expect(said(BEGIN)).toContain('p95 over 2 s');
  expect(said([])).toContain('The timeline is empty');
});

test('entries of any length and any number of phases stay within the limits of Slack', () => {
  const long = { text: `<!channel> ${'x'.repeat(5_000)}`, link: `https://x.example/${'y'.repeat(900)}` };
  const steps = Array.from({ length: 60 }, (_, at) => {
    const value = at % 2 === 0 ? 'resolved' : 'investigating';
    return entry(30 + at, 'status', `a → ${value}: ${long.text}`, { ...long, value, notedUs: START_US * 2 });
  });
  for (const entries of [steps, notes(200, 12, long), [...BEGIN, ...steps, ...notes(30, 100, long)]]) {
    const message = timelineByPhase({ incident: INCIDENT, entries, names: new Map() });
    expect(blockProblems(message.blocks)).toEqual([]);
    expect(message.text).not.toContain('<!');
    expect(message.text.length).toBeLessThanOrEqual(3_000);
  }
  expect(said([...BEGIN, ...steps])).toMatch(/\d\d earlier phases, \d\d entries/);
});
