import { expect, test } from 'vitest';
import { onsetSvg } from '#present/pictures/onset-svg.ts';

const MINUTE_US = 60_000_000;
const START_US = Date.UTC(2026, 0, 6, 14, 0) * 1_000;

function slots(count: number, failedFrom: number, slowFrom = failedFrom) {
  return Array.from({ length: count }, (_, at) => ({
    requests: 10,
    failed: at < failedFrom ? 0 : 4,
    medianUs: at < slowFrom ? 30_000 : 2_300_000,
  }));
}

const HEALTHY = { isHealthy: true, fromUs: START_US, toUs: START_US + 25 * MINUTE_US, slots: slots(10, 99) };
const NOW = {
  isHealthy: false,
  fromUs: START_US + 25 * MINUTE_US,
  toUs: START_US + 45 * MINUTE_US,
  slots: slots(8, 2),
};
const ONSET_US = START_US + 30 * MINUTE_US;
const picture = {
  title: 'When it began',
  overTime: [HEALTHY, NOW],
  onsetUs: ONSET_US,
  changes: [
    { atUs: START_US + 20 * MINUTE_US, words: 'E1 14:20:00 config of web: theme <script>' },
    { atUs: START_US + 29 * MINUTE_US, words: 'T2 14:29:00 deploy of user-service: 4f2a1c' },
  ],
};

test('shows the share of failures, the durations, the onset, and the changes', () => {
  const svg = onsetSvg(picture, 'page');
  expect(svg).toContain('>began 14:30:00</text>');
  expect(svg).toContain('>50 %</text>');
  expect(svg).toContain(
    'At most 40 % of the requests of a time slot failed. The longest median duration is 2.3 s. It began at 14:30:00 UTC.',
  );
  expect(svg).toContain('theme &lt;script&gt;</text>');
  expect(svg.match(/r="9"/g)).toHaveLength(4);
  for (const paper of ['page', 'thread'] as const)
    expect(onsetSvg(picture, paper)).not.toMatch(/NaN|undefined|Infinity/);
});

test('has no panel of failures where none failed, and no line where nobody knows the onset', () => {
  const svg = onsetSvg({ ...picture, overTime: [{ ...NOW, slots: slots(8, 99, 3) }], onsetUs: undefined }, 'page');
  expect(svg).not.toContain('Share of the requests');
  expect(svg).toContain('Median duration');
  expect(svg).not.toContain('>began ');
});

test('marks no change from outside of the shown time', () => {
  const changes = [{ atUs: START_US - MINUTE_US, words: 'long before' }];
  expect(onsetSvg({ ...picture, changes }, 'page')).not.toContain('long before');
  const yesterday = { ...HEALTHY, fromUs: START_US - 1_500 * MINUTE_US, toUs: START_US - 1_440 * MINUTE_US };
  const between = onsetSvg({ ...picture, overTime: [yesterday, NOW], changes }, 'page');
  expect(between).not.toContain('long before');
  expect(between).toContain('>healthy</text>');
});

test('draws nothing without requests over time', () => {
  expect(onsetSvg({ ...picture, overTime: [] }, 'page')).toBe('');
  expect(onsetSvg({ ...picture, overTime: [HEALTHY] }, 'page')).toBe('');
  const one = { ...NOW, slots: slots(1, 0) };
  expect(onsetSvg({ ...picture, overTime: [one] }, 'page')).toBe('');
});
