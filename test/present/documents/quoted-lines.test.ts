import { expect, test } from 'vitest';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import { quotedReport } from '#present/documents/quoted-lines.ts';

const REPORT = `# POST /login fails: \`user-service\` has run out of connections

Confirmed · 1 request looked at

POST /login · 2025-01-06 14:30 UTC

\`\`\`\`text
api-gateway POST /login  ░░░  6.9 s
\`\`\`
## not a title
\`\`\`\`

*Why*

- Logged: “active\\_connections = 21”

*Wrong if* the pool has free connections

*Do now* add “the index”

## In detail

- a &lt;b\\> &amp; c

## Looked for

- Slow query

## Evidence

1. first
  - below
`;

test('the first message comes first, then the picture, the sections, and apart from them the background', () => {
  expect(quotedReport(REPORT)).toEqual({
    headline: 'POST /login fails: `user-service` has run out of connections',
    standing: 'Confirmed · 1 request looked at',
    lines: [
      'Why',
      '> - Logged: “active_connections = 21”',
      'Wrong if the pool has free connections',
      '> Do now add “the index”',
      '> POST /login · 2025-01-06 14:30 UTC',
      '> api-gateway POST /login  ░░░  6.9 s',
      '> ```',
      '> ## not a title',
      '> ## In detail',
      '> - a <b> & c',
      '> ## Evidence',
      '> 1. first',
      '>   - below',
    ],
    background: ['> ## Looked for', '> - Slow query'],
  });
});

test('a text reads as it was before it was escaped', () => {
  const text = '1. `a\\b` *c* _d_ {e} [f] <g> #h |i ~j $k !l & m';
  expect(quotedReport(`# x\n\ny\n\n## z\n\n- ${escapeMarkdown(text)}\n`).lines.at(-1)).toBe(`> - ${text}`);
});

test('a comparison has its subject before its table', () => {
  const markdown = '# It differs\n\n**Certain**\n\n- Failing: trace a\n- Healthy: 3 traces\n\n```text\ntable\n```\n';
  expect(quotedReport(markdown)).toMatchObject({
    headline: 'It differs',
    standing: 'Certain',
    lines: ['> - Failing: trace a', '> - Healthy: 3 traces', '> table'],
  });
});

test('an empty report gives an empty answer', () => {
  expect(quotedReport('')).toEqual({ headline: '', standing: '', lines: [], background: [] });
});
