import { expect, test } from 'vitest';
import { readQuestion } from '#workflows/sentences/read-question.ts';

test.each([
  ['what is wrong with checkout', 'checkout', 'now'],
  ["<@U0SPAN> what's wrong with `cart-service`?", 'cart-service', 'now'],
  ['hey, what is wrong with the checkout service since 10:40?', 'checkout', 'window'],
  ['why is payments so slow', 'payments', 'now'],
  ['why was cart slow between 10:40 and 11:00', 'cart', 'window'],
  ['why is search failing since 20 min ago?', 'search', 'window'],
  ['check orders for the last 30 min', 'orders', 'window'],
  ['look at orders in the last hour', 'orders', 'window'],
  ['please investigate eu-west/api.gateway around 14:35', 'eu-west/api.gateway', 'around'],
  ['diagnose user-service from 2026-01-06T14:30Z to 2026-01-06T15:00Z', 'user-service', 'window'],
  ['checkout since 10:40', 'checkout', 'window'],
  ['what happened to billing 20 min ago', 'billing', 'around'],
  ['was ist los mit checkout seit 10:40', 'checkout', 'window'],
  ['how is checkout?', 'checkout', 'now'],
  ['what is wrong with checkout since\u00a0１０：４０', 'checkout', 'window'],
  ['what happened to checkout 3 days ago at 10:00', 'checkout', 'around'],
])('%s', (text, service, time) => {
  expect(readQuestion(text)).toMatchObject({ kind: 'service', service, time: { kind: time } });
});

test.each([
  'good morning',
  'thanks!',
  'what is wrong with you',
  'why is it slow',
  'the deploy of checkout is done',
  'help',
  '',
  'check this out',
  `what is wrong with ${'x'.repeat(600)}`,
])('%s asks about no service', (text) => {
  expect(readQuestion(text)).toBeUndefined();
});

test('a time that cannot be read is told, and not taken as now', () => {
  expect(readQuestion('what is wrong with checkout since tea time')).toEqual({
    kind: 'problem',
    problem: expect.stringMatching(/^I cannot read the time "?.?tea time/),
  });
  expect(readQuestion('check checkout for the last bit')).toMatchObject({ kind: 'problem' });
  expect(readQuestion('what happened to checkout 10:00 PT')).toEqual({
    kind: 'problem',
    problem: expect.stringContaining('I read 10:00, but not PT'),
  });
});
