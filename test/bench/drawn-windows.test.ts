import { expect, test } from 'vitest';
import { drawWindows } from '../../bench/accuracy/windows/draw.ts';
import { bodiesOf, reportOf } from '../../bench/accuracy/windows/report.ts';
import { judgedWindow, rankIn } from '../../bench/accuracy/windows/score.ts';

const drawn = [...drawWindows('test', 1)];

test('a seed draws the same windows each time, and another seed others', () => {
  const [first] = drawWindows('test', 1);
  const [other] = drawWindows('other', 1);
  if (first === undefined || other === undefined || drawn[0] === undefined) throw new Error('nothing was drawn');
  expect(bodiesOf(first)).toEqual(bodiesOf(drawn[0]));
  expect(bodiesOf(other)).not.toEqual(bodiesOf(first));
});

test('whatever is wrong was met by requests of the window, and by none of the healthy time', () => {
  for (const { id, faults, requests, healthy } of drawn) {
    const meets = faults.map((fault) => requests.filter(({ met }) => met.has(fault)).length);
    expect(
      meets.every((count) => count >= 5),
      `${id}: ${meets}`,
    ).toBe(true);
    expect(healthy.every(({ met }) => met.size === 0)).toBe(true);
  }
});

test('a healthy window holds no fault, and what is missing is not sent', () => {
  const healthy = drawn.filter(({ id }) => id.includes('/healthy/'));
  expect(healthy.length).toBeGreaterThan(0);
  expect(healthy.every(({ faults }) => faults.length === 0)).toBe(true);
  const without = drawn.find(({ missing }) => missing === 'traces');
  if (without === undefined) throw new Error('no window without traces was drawn');
  expect(Object.keys(bodiesOf(without)).sort()).toEqual(['baseline-logs', 'logs', 'metrics']);
});

test('a window goes the whole way, and a slow CPU on all calls is named', async () => {
  const window = drawn.find(({ id }) => id.includes('/cpu/1/'));
  if (window === undefined) throw new Error('no window with a slow CPU was drawn');
  const time = { fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 };
  const judged = judgedWindow(window, await reportOf(bodiesOf(window), time));
  expect(judged).toMatchObject({ rank: 1, isKindRight: true, isHealthy: false });
});

test('a tie counts as lost, and a score of nothing as not named', () => {
  const ranking = [
    { service: 'a', score: 0.4 },
    { service: 'b', score: 0.4 },
    { service: 'c', score: 0 },
  ];
  expect(['a', 'c'].map((service) => rankIn(ranking, service))).toEqual([2, Number.POSITIVE_INFINITY]);
});
