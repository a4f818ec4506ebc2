import { expect, test } from 'vitest';
import { kindOfSlow } from '#diagnose/window/slow-kinds.ts';

type Told = Parameters<typeof kindOfSlow>;

function kindWith(line: string): string {
  const suspect = { service: 'web', trouble: 'itself', score: 1, places: [], isOneStatement: false } as unknown;
  const switches = [{ service: 'web', change: 'began', nats: 5, example: { line } }] as unknown;
  const others = { moved: [], filled: new Set(), locks: new Map(), pauses: new Map() };
  return kindOfSlow(suspect as Told[0], { switches, ...others } as Told[1]);
}

test('who is asked grants so many requests and no more: it waits for that', () => {
  expect(kindWith('SlowDown: Please reduce your request rate.')).toBe('dependency');
  expect(kindWith('write /data/journal: no space left on device')).toBe('disk');
});
