import { describe, expect, test } from 'vitest';
import { datadogIdOf, hexOfDatadogId, isHalfOf } from '#model/trace/datadog-id.ts';

const HEX = '673f2a2800000000a3ce929d0e0e4736';

describe('an id of Datadog', () => {
  test.each([
    ['12174885344805365765', 'a8f5e1b73e3ba805'],
    ['1', '0000000000000001'],
    ['340282366920938463463374607431768211455', 'f'.repeat(32)],
    [HEX.toUpperCase(), HEX],
    // 32 digits are hex, even if all of them are decimal.
    ['1'.repeat(32), '1'.repeat(32)],
    ['1'.repeat(40), '1'.repeat(40)],
    ['a3ce929d0e0e4736', 'a3ce929d0e0e4736'],
  ])('%s is %s', (id, hex) => {
    expect(hexOfDatadogId(id)).toBe(hex);
  });

  test('has the last 64 bits as a decimal number', () => {
    expect(datadogIdOf(HEX)).toBe(BigInt('0xa3ce929d0e0e4736').toString());
    expect(datadogIdOf('abc')).toBe('2748');
  });

  test('is the same where one store kept only its last half', () => {
    expect(isHalfOf(HEX, 'a3ce929d0e0e4736')).toBe(true);
    expect(isHalfOf('0000000000000000a3ce929d0e0e4736', HEX)).toBe(true);
    expect(isHalfOf(HEX, HEX.toUpperCase())).toBe(true);
    expect(isHalfOf(HEX, '773f2a2800000000a3ce929d0e0e4736')).toBe(false);
    expect(isHalfOf(HEX, 'b3ce929d0e0e4736')).toBe(false);
  });
});
