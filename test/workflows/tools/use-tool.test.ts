import { expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { toolMessage } from '#present/slack/tool-message.ts';
import { toolUser } from '#workflows/tools/use-tool.ts';

/** 2025-01-06T14:30:45.123Z */
const use = toolUser({ nowUs: () => 1_736_173_845_123_000 });

test('time is shown in UTC, in the requested zone, and in each reader’s zone', () => {
  expect(use('time 1736173845 in Europe/Berlin')).toMatchObject({
    title: '2025-01-06T14:30:45.000Z   read as epoch s',
    body: expect.stringMatching(/Europe\/Berlin {2}Mon 2025-01-06 15:30:45.000 \+01:00/),
    epochSeconds: 1_736_173_845,
  });
  // A place that belongs to the time is where it is read.
  expect(use('time 2025-01-06 14:30 America/New_York').epochSeconds).toBe(1_736_191_800);
  expect(use('time').epochSeconds).toBe(1_736_173_845);
});

test('json first explains the numbers, and shows a part if a path is given', () => {
  const error = '{"context":{"pool_size":20,"active_connections":21,"password":"hunter2"}}';
  expect(use(`json ${error}`)).toMatchObject({
    title: '$.context: active_connections 21 > pool_size 20, so the connection pool is exhausted',
    body: expect.stringContaining('"password": "[redacted:secret]"'),
  });
  expect(use(`json $.context.pool_size ${error}`)).toMatchObject({ title: '$.context.pool_size', body: '20' });
});

test('a query that could take long is refused: here others are served, too', () => {
  for (const query of ['$..*..*..*', '$[?@.a]', '$[?count($..*)>1]']) {
    expect(() => use(`json ${query} {"a":1}`)).toThrow('in a chat, a query is a path of names, indexes and *');
  }
});

test('diff compares two documents that follow one another, or texts with dashes between them', () => {
  expect(use('diff {"status":200} {"status":500}')).toMatchObject({
    title: '1 difference',
    body: '~ $.status  200 → 500\n',
  });
  expect(use('diff a\nb\n---\na\nc')).toMatchObject({ body: expect.stringContaining('-b') });
});

test.each(['', 'nosuch x', 'json', 'json {', 'diff {"a":1}', 'time never'])(
  '%s is told with what to write',
  (typed) => {
    expect(() => use(typed)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^SH_(USAGE|UNREADABLE)$/) }),
    );
  },
);

test('a text too long for a chat is refused before it is parsed', () => {
  expect(() => use(`json ${'['.repeat(50_000)}`)).toThrow('too long for a chat');
});

test('no answer is more than Slack takes', () => {
  const wide = JSON.stringify(Array.from({ length: 1_500 }, (_, i) => `<!channel> ${i}`));
  const answers = [
    use(`json ${wide}`),
    use(`json "${'x'.repeat(30_000)}"`),
    use(`time ${'2025-01-06T14:30:45Z x\n'.repeat(1_500)}`),
  ];
  for (const answer of answers) {
    const { blocks } = toolMessage(answer);
    expect(blockProblems(blocks)).toEqual([]);
    expect(JSON.stringify(blocks)).toMatch(/in a terminal|more/);
  }
});
