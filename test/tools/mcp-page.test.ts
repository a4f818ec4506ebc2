import { expect, test } from 'vitest';
import { withTools } from '../../tools/mcp-page.ts';

test('the section of the tools is the last one, and is written once', () => {
  const written = withTools('# Page\n\n## Answers\ntext\n\n## Tools\noutdated words\n', ['### one', '### two']);
  expect(written).toMatch(/^# Page\n\n## Answers\ntext\n\n## Tools\n<!-- [\s\S]+\n\n### one\n\n### two\n$/);
  expect(written).not.toContain('outdated words');
  expect(withTools(written, ['### one', '### two'])).toBe(written);
});
