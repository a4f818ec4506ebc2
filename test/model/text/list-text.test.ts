import { expect, test } from 'vitest';
import { listText } from '#model/text/list-text.ts';

test.each([
  [[], ''],
  [['web'], 'web'],
  [['web', 'stock'], 'web and stock'],
  [['72 requests', '12 pods', '274 log lines'], '72 requests, 12 pods and 274 log lines'],
])('%j is “%s”', (parts, text) => {
  expect(listText(parts)).toBe(text);
});
