import { describe, expect, test } from 'vitest';
import { type QuietRule, quietReason, type RuledAlert } from '#workflows/alerts/quiet-rules.ts';

const ALERT: RuledAlert = {
  source: 'pagerduty',
  title: 'Checkout is slow',
  service: 'checkout-service',
  severity: 'P3',
  labels: {},
};

function rule(more: Partial<QuietRule>): QuietRule {
  return { channels: [], senders: [], services: [], severities: [], answer: 'none', ...more };
}

const at = (iso: string) => Date.parse(iso) * 1_000;
const NOON = at('2026-01-06T12:00:00Z');

function reason(rules: readonly QuietRule[], more: Partial<RuledAlert> = {}, nowUs = NOON, channelId = 'C0ALERTS') {
  return quietReason(rules, { ...ALERT, ...more }, { channelId, nowUs })?.said;
}

describe('the first rule that fits', () => {
  test('decides, and is named with what it says', () => {
    const rules = [
      rule({ senders: ['sentry'] }),
      rule({ services: ['checkout'], severities: ['p1'], answer: 'full' }),
      rule({ severities: ['p3', 'info'], answer: 'line' }),
    ];
    expect(reason(rules)).toBe('rule 3 (severities p3, info)');
    expect(reason(rules, { severity: 'P1' })).toBeUndefined();
    expect(reason(rules, { source: 'sentry' })).toBe('rule 1 (senders sentry)');
    expect(reason(rules, { severity: 'P2' })).toBeUndefined();
  });

  test('may say that only some are answered', () => {
    const rules = [rule({ channels: ['C0ALERTS'], answer: 'full' }), rule({})];
    expect(reason(rules)).toBeUndefined();
    expect(reason(rules, {}, NOON, 'C0OTHER')).toBe('rule 2 (all alerts)');
  });

  test.each([
    ['checkout', true],
    ['Checkout Service', true],
    ['check*', true],
    ['*-service', true],
    ['*kout*', true],
    ['check', false],
    ['payments', false],
  ])('knows the service %s: %s', (service, isKnown) => {
    expect(reason([rule({ services: [service] })]) !== undefined).toBe(isKnown);
  });

  test('reads the service in a label, and in the title only where nothing else names one', () => {
    const rules = [rule({ services: ['payments'] })];
    expect(reason(rules, { service: '', labels: { app: 'payments' } })).toBeDefined();
    expect(reason(rules, { service: '', title: 'payments is slow' })).toBeDefined();
    expect(reason(rules, { title: 'checkout fails because payments is slow' })).toBeUndefined();
  });
});

describe('a maintenance window', () => {
  const window = { services: ['checkout'], from: at('2026-01-06T10:00:00Z'), to: at('2026-01-06T14:00:00Z') };

  test('holds from its beginning to before its end', () => {
    const said = 'rule 1 (maintenance of checkout until 2026-01-06 14:00 UTC)';
    expect(reason([rule(window)])).toBe(said);
    expect(reason([rule(window)], {}, window.from)).toBe(said);
    expect(reason([rule(window)], {}, window.from - 1)).toBeUndefined();
    expect(reason([rule(window)], {}, window.to)).toBeUndefined();
  });

  test('that lasts for days names the day of its end', () => {
    expect(reason([rule({ name: 'move', to: at('2026-01-09T14:00:00Z') })])).toBe(
      'rule 1 (move until 2026-01-09 14:00 UTC)',
    );
  });

  test('comes each week in its own time zone, over midnight and over the change of the clock', () => {
    const weekly = [rule({ weekly: { days: [6], from: 22 * 60, to: 4 * 60, zone: 'Europe/Berlin' } })];
    const said = (iso: string) => reason(weekly, {}, at(iso));
    // Saturday, 10 January 2026: one hour before UTC.
    expect(said('2026-01-10T20:59:00Z')).toBeUndefined();
    expect(said('2026-01-10T21:00:00Z')).toBe('rule 1 (maintenance of everything until 2026-01-11 03:00 UTC)');
    expect(said('2026-01-11T02:59:00Z')).toBeDefined();
    expect(said('2026-01-11T03:00:00Z')).toBeUndefined();
    expect(said('2026-01-11T22:00:00Z')).toBeUndefined();
    // On 29 March 2026 the clock goes from 02:00 to 03:00: four o'clock is at 02:00 UTC.
    expect(said('2026-03-29T01:30:00Z')).toBe('rule 1 (maintenance of everything until 2026-03-29 02:00 UTC)');
    expect(said('2026-03-29T02:00:00Z')).toBeUndefined();
  });
});
