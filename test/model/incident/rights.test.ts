/** What several groups together say of one person. */
import { describe, expect, test } from 'vitest';
import { decide, standingOf, type UserGroup } from '#model/incident/rights.ts';

const known = (handle: string, ...members: string[]): UserGroup => ({
  kind: 'known',
  handle,
  members: new Set(members),
});
const DISABLED: UserGroup = { kind: 'disabled', handle: 'old' };
const MISSING: UserGroup = { kind: 'missing' };
const UNKNOWN: UserGroup = { kind: 'unknown', reason: 'Slack is away.', remedy: 'Wait.' };

function standing(groups: readonly UserGroup[], byCommander = false) {
  const named = groups.map((group, at) => ({ named: `S0GROUP${at}`, group }));
  return standingOf({ right: 'close', groups: named, byCommander, userId: 'U0KIM' });
}

describe('the standing of a person', () => {
  test.each([
    ['in one of two', [known('a'), known('b', 'U0KIM')], 'may'],
    ['in one, while another cannot be read', [UNKNOWN, known('b', 'U0KIM')], 'may'],
    ['in one, while another was renamed', [MISSING, known('b', 'U0KIM')], 'may'],
    ['in none of two', [known('a', 'U0ANA'), known('b')], 'may not'],
    ['in none, and one is disabled', [DISABLED, known('b', 'U0ANA')], 'may not'],
    ['in none, and another cannot be read', [known('a', 'U0ANA'), UNKNOWN], 'unsure'],
    ['in none, and another was renamed', [known('a', 'U0ANA'), MISSING], 'unsure'],
    ['where all are empty or disabled', [known('a'), DISABLED], 'unsure'],
  ] as const)('%s', (_, groups, kind) => {
    expect(standing(groups).kind).toBe(kind);
  });

  test('says each reason once', () => {
    expect(standing([UNKNOWN, UNKNOWN])).toMatchObject({ why: 'Slack is away.' });
  });

  test('an empty group leaves it to the commander, if the setting names them', () => {
    expect(standing([known('a')], true)).toMatchObject({
      kind: 'may not',
      who: 'the incident commander and members of @a',
    });
    expect(standing([], true)).toMatchObject({ kind: 'may not', who: 'the incident commander' });
  });

  test('a handle brings no markup into a sentence', () => {
    expect(standing([known('a<!channel>*b', 'U0ANA')])).toMatchObject({ who: 'members of @achannelb' });
  });
});

test('the commander may where the setting says so, whoever can be read', () => {
  const asKim = { userId: 'U0KIM', incident: { roles: { commander: 'U0KIM' } }, isUrgent: false };
  for (const groups of [[known('a', 'U0ANA')], [UNKNOWN], [DISABLED]]) {
    expect(decide(standing(groups, true), asKim)).toEqual({ kind: 'may' });
    expect(decide(standing(groups), asKim).kind).toBe('refused');
  }
});
