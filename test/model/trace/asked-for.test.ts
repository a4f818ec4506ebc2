import { describe, expect, test } from 'vitest';
import { askedFor, idFormText, otherIdText, readAsked } from '#model/trace/asked-for.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the text around a typed id', () => {
  test.each([ID, ID.toUpperCase(), `0x${ID}`, `\`${ID}\``, ` <${ID}>, `, '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'])(
    'is nothing: %s',
    (typed) => {
      expect(readAsked(typed)).toEqual({ kind: 'trace', id: ID });
    },
  );

  test.each([
    [`https://jaeger.example.com/trace/${ID}?uiFind=1`, 'link'],
    [`<https://jaeger.example.com/trace/${ID}|the trace>`, 'link'],
    [`00-${ID}-00f067aa0ba902b7-01`, 'text'],
    [`level=error trace_id=${ID} msg="no"`, 'text'],
  ])('is told: %s', (typed, around) => {
    expect(readAsked(typed)).toEqual({ kind: 'trace', id: ID, around });
  });

  test('is nothing where no trace is named', () => {
    expect(readAsked('order-7f3a9c')).toEqual({ kind: 'text', text: 'order-7f3a9c' });
    expect(readAsked('help')).toBeUndefined();
  });
});

describe('the id of the trace that is answered', () => {
  const other = (typed: string, traceId: string, isMentioned = false) => {
    const reference = readAsked(typed);
    if (reference === undefined) throw new Error(`${typed} names nothing`);
    return otherIdText(askedFor(reference, isMentioned), traceId);
  };

  test('is not mentioned if it is the requested one', () => {
    expect(other(ID, ID)).toBe('');
    expect(other(ID.toUpperCase(), ID)).toBe('');
    expect(other(`https://jaeger.example.com/trace/${ID}`, ID)).toBe('');
  });

  test('is named if the store pads or strips it', () => {
    const short = ID.slice(1);
    expect(other(short, `0${short}`)).toBe(
      `You asked for ${short} (31 digits). This is trace 0${short}: the same id with a leading zero.`,
    );
    expect(other('a1b2c3d4e5f60718', '0000000000000000a1b2c3d4e5f60718')).toContain(
      'the same id with 16 leading zeros.',
    );
    expect(other('0000000000000000a1b2c3d4e5f60718', 'a1b2c3d4e5f60718')).toContain('with 16 leading zeros less.');
    expect(other(`https://jaeger.example.com/trace/${short}`, `0${short}`)).toContain(`You asked for ${short}`);
  });

  test('is named if one id is the half of the other, or its decimal number', () => {
    expect(other(ID, '0000000000000000a3ce929d0e0e4736')).toBe(
      `You asked for ${ID}. This is trace 0000000000000000a3ce929d0e0e4736: one id is the last half of the other.`,
    );
    expect(other('a3ce929d0e0e4736', ID)).toContain('one id is the last half of the other.');
    expect(other('11803532876627986230', ID)).toBe(
      `You asked for 11803532876627986230. This is trace ${ID}: a decimal number is the last half of the id.`,
    );
  });

  test('is named if log lines contain it', () => {
    expect(other(ID.slice(0, 31), ID, true)).toBe(
      `There is no trace ${ID.slice(0, 31)}. This is trace ${ID}: log lines with ${ID.slice(0, 31)} name it. A trace id has 32 or 16 hex digits; this one has 31.`,
    );
    expect(other('order-7f3a9c', ID, true)).toMatch(/^There is no trace order-7f3a9c\. This is trace .* name it\.$/);
  });
});

test.each([
  [ID, ''],
  [ID.slice(16), ''],
  [ID.slice(1), 'A trace id has 32 or 16 hex digits; this one has 31.'],
  [`${ID}0`, 'A trace id has 32 or 16 hex digits; this one has 33.'],
  [ID.slice(15), 'A trace id has 32 or 16 hex digits; this one has 17.'],
  [ID.slice(17), 'A trace id has 32 or 16 hex digits; this one has 15.'],
  [`${ID.slice(1)}g`, 'A trace id has only hex digits, 0 to 9 and a to f; this one has g.'],
  [
    '7277407061855694839',
    'A trace id has 32 or 16 hex digits; this one has 19. As a decimal number it is 64fe8b2a57d3eff7 in hex.',
  ],
  ['order-7f3a9c', ''],
  ['invoice2026000123', ''],
  ['123456789012', ''],
  ['', ''],
])('what is wrong with %s as an id: %s', (id, expected) => {
  expect(idFormText(id)).toBe(expected);
});
