import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peopleAsRoles } from '#model/incident/people-as-roles.ts';

const clean = peopleAsRoles({
  roles: { commander: 'U0MIKE001' },
  names: new Map([
    ['U0KIM0001', ['kim', 'Kim Lee']],
    ['U0MIKE001', ['Mike']],
    ['U0JAMES01', ['James']],
    ['U0JOSE001', ['José Müller']],
    ['U0MARK001', ['Mark']],
    ['U0SARAH01', ['Sarah (on call)', 'sarah.o']],
    ['U0YUKI001', ['山田太郎']],
    ['U0ADMIN01', ['admin', 'Test User']],
    ['U0SEO0001', ['Seo Ji-woo']],
    ['U0ANNA001', ['Anna Weber']],
    ['U0ANNA002', ['Anna Schmidt']],
  ]),
});

test.each([
  ['the name as Slack shows it', 'Kim dropped the index', 'a responder dropped the index'],
  ['any case', 'KIM and kIm', 'a responder and a responder'],
  ['the whole name', 'kim lee broke it, Kim  Lee, Kim-Lee', 'a responder broke it, a responder, a responder'],
  ['the last name', 'Lee dropped it', 'a responder dropped it'],
  ['the first name of a whole one', 'josé and Müller', 'a responder and a responder'],
  ['a name without its accents, or with accents of their own', 'jose, Jose\u0301', 'a responder, a responder'],
  ['what somebody owns', 'Kim’s fix, KIM LEE’S', 'a responder’s fix, a responder’S'],
  ['what somebody owns without a mark', 'it was Josés query, dans la base', 'it was a responder’s query, dans la base'],
  [
    'an article before the name',
    'a tabela q o José mexeu, der Mike schaut',
    'a tabela q a responder mexeu, the incident commander schaut',
  ],
  ['an honorific behind the name', '山田太郎さんが設定した', 'a responderが設定した'],
  ['what somebody owns whose name ends in s', 'James’ change', 'a responder’s change'],
  ['a name in quotes', "'Kim' and 'James' said", "'a responder' and 'a responder' said"],
  ['a mention', '<@U0KIM0001|kim> and <@U0MIKE001>’s fix', 'a responder and the incident commander’s fix'],
  ['a mention of somebody unknown', '<@UABCDEFGH|dave> did', 'a responder did'],
  ['an id', 'U0KIM0001, @U0MIKE001', 'a responder, the incident commander'],
  ['a name with an at sign', '@kim, @mike', 'a responder, the incident commander'],
  ['a name with a hyphen', 'Ji-woo’s fix, seo ji-woo, Seo Ji-Woo', 'a responder’s fix, a responder, a responder'],
  ['people side by side', 'Sarah/Mike restarted', 'a responder/the incident commander restarted'],
  ['a handle', 'sarah.o ran it', 'a responder ran it'],
  ['a name beside words without a space', '山田太郎がindexを', 'a responderがindexを'],
  ['a first name that two people have', 'Anna did', 'a responder did'],
  ['the end of a sentence', 'Ask Kim. Then', 'Ask a responder. Then'],
])('finds %s', (_, text, expected) => {
  expect(clean(text)).toBe(expected);
});

test.each([
  ['part of a longer word', 'kimono, Kimberley, remake'],
  ['part of an identifier', 'kim-service, svc-kim, kim.internal, mike_db'],
  ['a word that is also a name, not written as one', 'mark the node, leeway; run the load test as admin user'],
  ['what only looks like an id', 'invalid UTF16 on WIN2019, UPDATE 12'],
  ['nobody', 'UPDATE users; the pod failed to start: the image pull took 94 s'],
])('leaves alone %s', (_, text) => {
  expect(clean(text)).toBe(text);
});

test('finds a name that is also a word where it is written as the name, or with an at sign', () => {
  expect(clean('Mark did; @mark did')).toBe('a responder did; a responder did');
});

test('replaces only ids if no names are known, and given short names', () => {
  const bare = peopleAsRoles({ roles: {}, names: new Map(), ids: new Set(['U0YOU']) });
  expect(bare('U0KIM0001 and U0YOU asked Kim in UTF16')).toBe('a responder and a responder asked Kim in UTF16');
});

describe('any text', () => {
  const names = fc.constantFrom(
    'Kim',
    'Kim Lee',
    'Mike',
    'José Müller',
    'Sarah',
    'sarah.o',
    '<@U0KIM0001>',
    'U0MIKE001',
  );
  const written = fc
    .tuple(names, fc.constantFrom('as it is', 'lower', 'upper'), fc.constantFrom('', "'s", '’s', ',', '.', ':'))
    .map(([name, how, behind]) => {
      const isId = /U0/.test(name);
      const inCase = how === 'lower' ? name.toLowerCase() : how === 'upper' ? name.toUpperCase() : name;
      return `${isId ? name : inCase}${behind}`;
    });
  const piece = fc.oneof(written, fc.constantFrom('dropped the index', 'and', '(', ')', '"', 'asked', '\n', '—'));

  test('contains no name afterwards, in any spelling and any surroundings', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(clean(pieces.join(' '))).not.toMatch(/\b(?:kim|lee|mike|jos[eé]|m[uü]ller|sarah)\b|U0/iu);
      }),
    );
  });

  test('of any name is found, whatever signs the name holds', () => {
    const signs = fc.constantFrom(...".*+?^{}$()|[]\\/-#&~'’, éß山");
    const name = fc.tuple(fc.string({ unit: signs, maxLength: 6 }), fc.string({ unit: signs, maxLength: 6 }));
    fc.assert(
      fc.property(name, ([inside, behind]) => {
        const whole = `Kim${inside}Lee${behind}`;
        const cleanOf = peopleAsRoles({ roles: {}, names: new Map([['U0KIM0001', [whole]]]) });
        expect(() => cleanOf(`${whole} did, and ${whole.toUpperCase()}`)).not.toThrow();
      }),
    );
  });

  test('stays unchanged without people', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-', '.', '@', '<', '>', '|', "'", '’', 'é', '界') }),
        (text) => {
          expect(clean(text)).toBe(text);
        },
      ),
    );
  });
});
