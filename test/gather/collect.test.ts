import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BackendError, TraceNotFoundError, UnreachableError } from '#core/errors.ts';
import { askForTrace, gapOf } from '#gather/collect.ts';
import type { TraceSource } from '#gather/sources.ts';

function source(name: string, open: (signal: AbortSignal) => Promise<void>): TraceSource {
  return {
    name,
    links: { trace: '', span: '' },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
    async openTrace(_, signal) {
      await open(signal);
      return { source: name, format: 'auto', query: { text: '', url: '' }, chunks: (async function* () {})() };
    },
  };
}

const forever = new AbortController().signal;

test('asks all sources at once and hands on their answers as they come', async () => {
  const [slow, down] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const sources = [
    source('slow', () => slow.promise),
    source('down', () => down.promise),
    source('fast', async () => {}),
  ];
  const came: string[] = [];
  for await (const answer of askForTrace(sources, 'feed', forever)) {
    came.push(`${answer.source.name}: ${'error' in answer ? answer.error.code : 'body'}`);
    if (answer.source.name === 'fast') down.reject(new UnreachableError('down', 'the connection was refused'));
    if (answer.source.name === 'down') slow.resolve();
  }
  expect(came).toEqual(['fast: body', 'down: SH_UNREACHABLE', 'slow: body']);
});

test('calls off the others once its reader has what it needs', async () => {
  let calledOff = false;
  const sources = [
    source('fast', async () => {}),
    source('slow', async (signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      calledOff = true;
      throw new Error('an adapter may throw anything once it is called off');
    }),
  ];
  for await (const { source } of askForTrace(sources, 'feed', forever)) {
    expect(source.name).toBe('fast');
    break;
  }
  await pause(1);
  expect(calledOff).toBe(true);
});

test('a bug in an adapter is not taken for an answer', async () => {
  const broken = source('broken', async () => {
    throw new TypeError('undefined is not a function');
  });
  await expect(askForTrace([broken], 'feed', forever).next()).rejects.toThrow(TypeError);
});

test('a gap names its source once', () => {
  const cost = 'log detectors did not run';
  expect(gapOf('loki', new UnreachableError('loki', 'timed out after 5 s'), cost)).toEqual({
    source: 'loki',
    problem: 'did not answer: timed out after 5 s',
    consequence: cost,
  });
  expect(gapOf('loki', new BackendError('loki', 401, 'api', { reason: 'no org id' }), cost).problem).toBe(
    'answered 401 to api: no org id',
  );
  expect(gapOf('loki', new TraceNotFoundError('feed', 'loki'), cost).problem).toBe('no trace `feed` in loki');
});
