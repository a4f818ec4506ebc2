import { expect, test } from 'vitest';
import { MEANINGS } from '#model/instruments/instruments.ts';
import { withInstruments } from '../../tools/instrument-list.ts';

test('the section is written once, before the next one', () => {
  const page = '# Formats\n\n## Traces\ntext\n\n## Words of instruments\noutdated words\n\n## Log lines\nmore\n';
  const written = withInstruments(page, MEANINGS);
  expect(written).not.toContain('outdated words');
  expect(written).toMatch(/\| waits for a lock \| span name \|.*\[etcd\]\(https:/);
  expect(written.endsWith('\n\n## Log lines\nmore\n')).toBe(true);
  expect(withInstruments(written, MEANINGS)).toBe(written);
});

test('a page without the section gets it at its end', () => {
  const written = withInstruments('# Formats\n', MEANINGS);
  expect(written.startsWith('# Formats\n\n## Words of instruments\n')).toBe(true);
  expect(withInstruments(written, MEANINGS)).toBe(written);
});
