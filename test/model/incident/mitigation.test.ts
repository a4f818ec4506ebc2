import { expect, test } from 'vitest';
import {
  type MitigationAction,
  type MitigationFacts,
  mitigationOffers,
  needsApproval,
} from '#model/incident/mitigation.ts';

const ACTION: MitigationAction = {
  ...{ name: 'rollback', kind: 'rollback', what: 'Rolls it back', command: 'undo {service} {version} {incident}' },
  ...{ url: new URL('https://ops.test/run'), services: [], severities: ['P0', 'P1'], allowed: [] },
};
const CHANGE = { service: 'cart', id: 'v41', isFlag: false, isLikely: true };
const FACTS: MitigationFacts = { services: ['cart', 'shop'], change: CHANGE };
const offers = (actions: readonly MitigationAction[], facts = FACTS, severity: 'P1' | 'P2' = 'P1') =>
  mitigationOffers(actions, { number: 7, severity }, facts, 'U1');

test('the placeholders are filled, and the body has the command as it is shown', () => {
  const [offer] = offers([ACTION]).offers;
  expect(offer).toMatchObject({ service: 'cart', command: 'undo cart v41 INC-7', isFirst: true });
  expect(JSON.parse(offer?.body ?? '')).toMatchObject({ action: 'rollback', command: 'undo cart v41 INC-7' });
});

test('a value is never read as a placeholder or as a pattern of the replacement', () => {
  const facts = { services: ['a'], change: { ...CHANGE, service: 'a', id: 'b' } };
  const [offer] = offers([{ ...ACTION, command: '{service}{service}$&{version}' }], facts).offers;
  expect(offer?.command).toBe('aa$&b');
});

test.each([
  ['another severity', { severities: ['P2' as const] }, FACTS, []],
  ['another service', { services: ['billing'] }, FACTS, []],
  ['a pattern', { services: ['sh*'], command: 'x {service}' }, FACTS, ['x shop']],
  [
    'no known service: those that stand there whole',
    { services: ['cart', 'b-*'], command: 'x {service}' },
    {},
    ['x cart'],
  ],
  ['no known service, none needed', { command: 'x' }, {}, ['x']],
])('%s', (_, more, facts, commands) => {
  const known = { services: [], change: undefined, ...facts };
  expect(offers([{ ...ACTION, ...more }], known).offers.map(({ command }) => command)).toEqual(commands);
});

test.each([
  'a b',
  'a;b',
  '$(a)',
  '`a`',
  'a"b',
  "a'b",
  'a\nb',
  'a\u0000',
  '\u202ea',
  '--all',
  '../etc',
  'а',
  'x'.repeat(129),
])('the name %j stands in no request', (name) => {
  expect(offers([{ ...ACTION, command: 'x' }], { services: [name], change: undefined }).offers).toEqual([]);
  const change = { ...CHANGE, id: name };
  expect(offers([ACTION], { services: ['cart'], change })).toMatchObject({
    offers: [],
    left: [{ why: 'the version has a name that may not stand in a command' }],
  });
});

test('a request that nobody can read in one message is not offered', () => {
  const facts = { services: ['x'.repeat(128)], change: undefined };
  const { left } = offers([{ ...ACTION, command: '{service}'.repeat(50) }], facts);
  expect(left).toMatchObject([{ why: 'the request would be too long to read' }]);
});

test('a flag that was switched comes first as the flag that goes off, and a possible change comes first nowhere', () => {
  const off: MitigationAction = { ...ACTION, name: 'flag', kind: 'flag-off' };
  const first = (change: typeof CHANGE) =>
    offers([ACTION, off], { services: ['cart'], change }).offers.flatMap(({ isFirst, action }) =>
      isFirst ? [action.name] : [],
    );
  expect(first(CHANGE)).toEqual(['rollback']);
  expect(first({ ...CHANGE, isFlag: true })).toEqual(['flag']);
  expect(first({ ...CHANGE, isLikely: false })).toEqual([]);
});

test('P0 and P1 need a second person, also after somebody lowered the severity', () => {
  const entry = { id: 'e', atUs: 0, notedUs: 0, source: 'U1', link: '', value: '' } as const;
  expect(needsApproval({ severity: 'P1' }, [])).toBe(true);
  expect(needsApproval({ severity: 'P2' }, [{ ...entry, kind: 'status', text: 'Declared P2, investigating' }])).toBe(
    false,
  );
  expect(needsApproval({ severity: 'P2' }, [{ ...entry, kind: 'status', text: 'Declared P0, investigating' }])).toBe(
    true,
  );
  expect(needsApproval({ severity: 'P3' }, [{ ...entry, kind: 'severity', text: 'P1 → P3' }])).toBe(true);
});
