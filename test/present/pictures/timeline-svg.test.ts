import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { timelineAlt, timelineSvg } from '#present/pictures/timeline-svg.ts';

const MINUTE_US = 60_000_000;
const START_US = Date.UTC(2026, 0, 6, 14, 0) * 1_000;
const INCIDENT = {
  id: 'i1',
  number: 4,
  title: 'Checkout is slow',
  declaredUs: START_US,
  status: 'identified',
} as Incident;

function entry(minute: number, kind: TimelineEntry['kind'], text: string, more: Partial<TimelineEntry> = {}) {
  const atUs = START_US + minute * MINUTE_US;
  return { id: `${minute}`, atUs, notedUs: atUs, kind, text, source: 'U1', link: '', value: '', ...more };
}

const ENTRIES = [
  entry(0, 'alert', 'p95 over 2 s', { value: 'firing' }),
  entry(3, 'diagnosis', 'No index on users.email', { value: 'd1' }),
  entry(5, 'status', 'investigating → identified', { value: 'identified' }),
];

const documentOf = (entries: readonly TimelineEntry[]) => ({
  ...{ incident: INCIDENT, entries, names: new Map([['U1', 'Kim']]), asOfUs: START_US },
  zone: { kind: 'region', name: 'Europe/Berlin', otherwise: '' } as const,
});

test('the picture has each phase with its length, and each entry with its time and the time since the last one', () => {
  const svg = timelineSvg(documentOf(ENTRIES), 'thread');
  for (const shown of ['Detected', '2026-01-06 15:00:00, 5 min', 'Confirmed', '15:03:00', '+3 min', '+2 min'])
    expect(svg).toContain(`>${shown}</text>`);
  expect(svg).toContain('Times in Europe/Berlin');
  expect(timelineAlt(documentOf(ENTRIES))).toBe(
    'INC-4 timeline: Checkout is slow. Detected: p95 over 2 s; No index on users.email. Confirmed: investigating → identified',
  );
});

test('a long timeline has the most important entries of each phase, and says how many more there are', () => {
  const notes = Array.from({ length: 40 }, (_, at) => entry(6 + at, 'note', `note ${at}.`));
  const svg = timelineSvg(documentOf([...ENTRIES, ...notes]), 'page');
  expect(svg.match(/>Note</g)).toHaveLength(11);
  expect(svg).toContain('>29 more entries<');
  expect(svg).toContain('>No index on users.email<');
});

test('an entry of any length has at most two lines, and no markup', () => {
  const svg = timelineSvg(documentOf([entry(0, 'note', `<script>${'word '.repeat(200)}</script>`)]), 'thread');
  expect(svg).not.toContain('<script');
  expect(svg.match(/font-size="16" fill="#1a1a1a">(?!Detected)/g)?.length).toBeLessThanOrEqual(2);
});

test('an empty timeline has a title alone', () => {
  expect(timelineSvg(documentOf([]), 'thread')).toContain('INC-4 timeline');
});
