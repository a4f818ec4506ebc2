/** Roles: the team's own as people write them, and what the timeline says about holders. */
import { expect, test } from 'vitest';
import { dutyOf, heldRoles, isRole, readTeamRole, roleIn, roleName, unconfirmedRoles } from '#model/incident/roles.ts';

test('a role of the team has a name and what it does', () => {
  expect(readTeamRole(' DBA on duty = You look after a=b. ')).toEqual({
    role: 'own:DBA on duty',
    does: 'You look after a=b.',
  });
  expect(roleName('own:DBA')).toBe('DBA');
  expect(dutyOf('own:DBA', [{ role: 'own:DBA', does: 'x' }])).toBe('x');
  expect(dutyOf('own:gone', [])).toBe('');
});

test.each([
  ['DBA', 'must be a name, =,'],
  ['=does', 'must be a name, =,'],
  ['DBA= ', 'must be a name, =,'],
  ['<!channel>=x', 'must begin with a name'],
  ['a:b=x', 'must begin with a name'],
  ['a*b*=x', 'must begin with a name'],
  [`${'a'.repeat(41)}=x`, 'must begin with a name'],
  ['Scribe=x', 'must have another name than Scribe'],
  ['comms lead=x', 'must have another name'],
  ['Incident commander=x', 'must have another name'],
  ['me=x', 'must have another name'],
  [`DBA=${'x'.repeat(301)}`, 'must say in at most 300 characters'],
  ['DBA=two\nlines', 'on one line'],
])('%j is refused: %s', (entry, problem) => {
  expect(readTeamRole(entry)).toEqual({ problem: expect.stringContaining(problem) });
});

test('a value of the timeline names its role, and nothing else does', () => {
  expect(roleIn('commander=U012ABC')).toBe('commander');
  expect(roleIn('own:DBA lead=U012ABC')).toBe('own:DBA lead');
  for (const value of ['', 'commander', 'confirmed:commander=U1', 'constructor=U1', 'own:<x>=U1', 'own:=U1'])
    expect(roleIn(value)).toBeUndefined();
  expect(isRole('own:__proto__')).toBe(false);
  expect(heldRoles({ 'own:b': 'U1', scribe: 'U2', 'own:a': 'U3' })).toEqual(['scribe', 'own:a', 'own:b']);
});

const entry = (value: string, source: string, notedUs: number) => ({ kind: 'role', value, source, notedUs });

test('only a role that another person gave waits for its holder', () => {
  const roles = { roles: { scribe: 'U0000KIM1' } };
  const given = entry('scribe=U0000KIM1', 'U0000ANA1', 1);
  const confirmed = entry('confirmed:scribe=U0000KIM1', 'U0000KIM1', 2);
  expect(unconfirmedRoles(roles, [given])).toEqual(['scribe']);
  expect(unconfirmedRoles(roles, [given, confirmed])).toEqual([]);
  expect(unconfirmedRoles(roles, [confirmed, { ...given, notedUs: 3 }])).toEqual(['scribe']);
  expect(unconfirmedRoles(roles, [entry('scribe=U0000KIM1', 'U0000KIM1', 1)])).toEqual([]);
  expect(unconfirmedRoles(roles, [entry('scribe=U0000KIM1', 'spanhound', 1)])).toEqual([]);
});
