import { expect, test } from 'vitest';
import type { WindowAnalysis } from '#model/finding/analysis.ts';
import { windowText } from '#present/pictures/window-text.ts';

test('a quiet window without a median has no strip', () => {
  const seen = { exemplars: [], requests: [], healthy: [], way: [], changes: [] };
  const quiet = { window: { fromUs: 0, toUs: 60_000_000, service: 'web' }, seen } as unknown as WindowAnalysis;
  expect(windowText(quiet)).toEqual([]);
});
