import { describe, expect, test } from 'vitest';
import { type Cause, causeOf, causeWith, ruleOf, type Story, storyAfter, storyBefore } from '#model/incident/story.ts';

const MINUTE_US = 60_000_000;
const AT_US = 1_000 * MINUTE_US;
const RULE = ruleOf({ source: 'alertmanager', service: 'checkout', title: '', labels: { alertname: 'SlowCheckout' } });
const CAUSE: Cause = causeOf({
  kind: 'slow-query',
  service: 'store',
  operation: 'SELECT stock',
  errorType: '',
  templates: [],
  neighbours: [],
  path: ['web', 'checkout', 'store'],
});

function story(more: Partial<Story> = {}): Story {
  return { investigationId: 'i-1', service: 'checkout', rule: RULE, lookedUs: AT_US, cause: CAUSE, ...more };
}

const alert = { service: 'checkout', rule: RULE, atUs: AT_US, inStorm: false };

describe('an alert that was not examined', () => {
  test('belongs to the story of the same rule and service, also before its verdict', () => {
    expect(storyBefore([story()], alert)).toMatchObject({ reason: 'rule' });
    expect(storyBefore([story({ cause: undefined })], alert)).toMatchObject({ reason: 'rule' });
  });

  test('belongs to no story whose evidence is of another time', () => {
    for (const atUs of [AT_US + 6 * MINUTE_US, AT_US - 16 * MINUTE_US]) {
      expect(storyBefore([story()], { ...alert, atUs })).toBeUndefined();
    }
  });

  test('belongs to no story for its service alone, nor for its rule alone', () => {
    const otherRule = ruleOf({ source: 'alertmanager', service: 'checkout', title: 'Disk is full', labels: {} });
    const otherService = ruleOf({
      source: 'alertmanager',
      service: 'web',
      title: '',
      labels: { alertname: 'SlowCheckout' },
    });
    expect(storyBefore([story()], { ...alert, rule: otherRule })).toBeUndefined();
    expect(storyBefore([story()], { ...alert, service: 'web', rule: otherService })).toBeUndefined();
    expect(storyBefore([story({ rule: '' })], { ...alert, rule: '' })).toBeUndefined();
  });

  test('belongs in a storm to the cause whose failing path its service is on, and to no other', () => {
    const onPath = { service: 'web', rule: 'another', atUs: AT_US, inStorm: true };
    expect(storyBefore([story()], onPath)).toMatchObject({ reason: 'edge' });
    expect(storyBefore([story()], { ...onPath, service: 'billing' })).toBeUndefined();
    expect(storyBefore([story({ cause: undefined })], onPath)).toBeUndefined();
  });
});

describe('an alert that was examined', () => {
  test('belongs to the story of its verdict within an hour', () => {
    const cause = { ...CAUSE, path: ['billing', 'store'], affected: ['billing', 'store'] };
    expect(storyAfter([story()], { cause, atUs: AT_US + 50 * MINUTE_US })).toMatchObject({ reason: 'verdict' });
    expect(storyAfter([story()], { cause, atUs: AT_US + 70 * MINUTE_US })).toBeUndefined();
  });

  test('belongs to the story of the same failing call, whatever its verdict calls it', () => {
    expect(storyAfter([story()], { cause: { ...CAUSE, kind: 'timeout' }, atUs: AT_US })).toMatchObject({
      reason: 'edge',
    });
  });

  test('has its own story for another place, or where no caller is known', () => {
    const other = { ...CAUSE, kind: 'timeout', path: ['web', 'billing'] };
    expect(storyAfter([story()], { cause: other, atUs: AT_US })).toBeUndefined();
    const alone = { ...CAUSE, path: ['store'] };
    expect(
      storyAfter([story({ cause: alone })], { cause: { ...alone, kind: 'timeout' }, atUs: AT_US }),
    ).toBeUndefined();
  });

  test('adds the services of its path to those that its cause affects', () => {
    const further = causeWith(CAUSE, { ...CAUSE, affected: ['app', 'checkout', 'store'] });
    expect(further.affected).toEqual(['web', 'checkout', 'store', 'app']);
  });
});
