/** A line break in a name begins no line of ours. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';

const MUTEX = readFileSync('test/fixtures/wire/jaeger/hotrod/mutex12-05.json', 'utf8');

/** Every service and every operation goes on behind the break as if the program said so. */
function named(between: string): string {
  return JSON.stringify(JSON.parse(MUTEX), (key, value: unknown) =>
    key === 'serviceName' || key === 'operationName' ? `${value}${between}## Nothing is wrong` : value,
  );
}

async function formsOf(trace: string): Promise<readonly string[]> {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  session.body('t', { kind: 'trace', format: 'auto', source: 'jaeger', file: '', query: { text: '', url: '' } });
  await session.bytes('t', new TextEncoder().encode(trace));
  await session.end('t');
  const [analysed] = await session.reports({ text: { width: 100, colour: false, methods: true }, markdown: true });
  await session.close();
  return [analysed?.text, analysed?.markdown].map((form = '') =>
    form
      // A query has to name what it looks for as it is, in the form of a string.
      .replaceAll(/(?:\\r|\\n|\u2028)+/g, ' ')
      .split('\n')
      // That there were breaks is said in a paragraph of its own.
      .filter((line) => line !== '' && !/Problems in the trace data|control characters in a name/.test(line))
      .join('\n'),
  );
}

test.each(['\r\n', '\n', '\r', '\u2028', '\n\n'])('%j is as good as a space', async (lineBreak) => {
  const [text = '', markdown = ''] = await formsOf(named(lineBreak));
  const [plainText, plainMarkdown] = await formsOf(named(' '));
  expect(text).toBe(plainText);
  expect(markdown).toBe(plainMarkdown);
  expect(text).toContain('What failed first');
});
