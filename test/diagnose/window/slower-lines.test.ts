import { expect, test } from 'vitest';
import { kindOfSlower } from '#diagnose/window/slower-lines.ts';

test.each([
  ['post.letters.example: POST /letters took 1900 ms (usual: 60)', 'dependency'],
  ['call of https://letters.example took 3 s (p50 200 ms)', 'dependency'],
  ['rebuild took 840 s (yesterday 25 s)', 'slow-answers'],
  ['rebuild took 30 s (yesterday 25 s)', undefined],
  ['tour for van 19 took 4553 ms (41 stops)', 'slow-answers'],
  ['tour for van 19 took 12 ms (41 stops)', undefined],
  ['slow: primary index query of ferry.trips without a key, 812098 records read', 'slow-statement'],
  ['post.letters.example: POST /letters answered 500', undefined],
])('%s', (line, kind) => {
  expect(kindOfSlower(line)).toBe(kind);
});
