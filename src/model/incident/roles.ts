/**
 * The roles of an incident: those that every incident has, and the team's own from the settings.
 *
 *   commander, technical-lead, communications-lead, scribe      ours
 *   own:DBA                                                     the team's, with its name behind the colon
 */

import { isPersonId } from '#model/incident/person-id.ts';

export const ROLES = ['commander', 'technical-lead', 'communications-lead', 'scribe'] as const;
export type KnownRole = (typeof ROLES)[number];
export type OwnRole = `own:${string}`;
export type Role = KnownRole | OwnRole;

/** The holders of roles: ids of people in Slack. */
export type Roles = Readonly<Partial<Record<KnownRole, string>> & Record<OwnRole, string>>;

/** Each incident should have them. The others are taken when somebody needs them. */
export const EXPECTED_ROLES = ROLES.filter((role) => role !== 'scribe');

export const ROLE_NAMES: Readonly<Record<KnownRole, string>> = {
  commander: 'Incident commander',
  'technical-lead': 'Technical lead',
  'communications-lead': 'Communications lead',
  scribe: 'Scribe',
};

/** What each does, said to who takes it. */
const DUTIES: Readonly<Record<KnownRole, string>> = {
  commander: 'You decide, hand out the work and keep the updates coming. Leave the repair to others.',
  'technical-lead':
    'You lead the search for the cause and the repair, and say to the incident commander what you find.',
  'communications-lead':
    'You say to customers and colleagues how it stands, and you approve what the status page says.',
  scribe: 'You write down what happens and when: decisions, attempts and results. `/incident note …` adds an entry.',
};

/** Short forms such as `comms`, `tech` and `ic`, as people type them. */
export const ROLE_WORDS: readonly (readonly [RegExp, KnownRole])[] = [
  [/^(?:(?:incident[ -])?commander|ic|lead)$/i, 'commander'],
  [/^(?:tech|technical)(?:[ -]lead)?$/i, 'technical-lead'],
  [/^(?:comms?|communications?)(?:[ -]lead)?$/i, 'communications-lead'],
  [/^(?:scribe|note[ -]?taker)$/i, 'scribe'],
];

/** One of the team's own roles. */
export type TeamRole = Readonly<{ role: OwnRole; does: string }>;

const MOST_NAME_CHARS = 40;
/** No character that Slack's markup, the timeline or a list of settings reads as a sign. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ./-]*[\p{L}\p{N}])?$/u;
const MOST_DUTY_CHARS = 300;

/** Reads `DBA=looks after the databases`. */
export function readTeamRole(entry: string): TeamRole | Readonly<{ problem: string }> {
  const equals = entry.indexOf('=');
  const name = entry.slice(0, Math.max(equals, 0)).trim();
  const does = entry.slice(equals + 1).trim();
  if (equals < 1 || does === '') return { problem: `must be a name, =, and what the role does, such as ${EXAMPLE}` };
  if (name.length > MOST_NAME_CHARS || !NAME.test(name))
    return { problem: `must begin with a name of at most ${MOST_NAME_CHARS} letters, digits, spaces, ., / and -` };
  if (ROLE_WORDS.some(([word]) => word.test(name)) || /^(?:me|nobody)$/i.test(name))
    return { problem: `must have another name than ${name}, which is taken` };
  if (does.length > MOST_DUTY_CHARS || /\p{C}/u.test(does))
    return { problem: `must say in at most ${MOST_DUTY_CHARS} characters on one line what the role does` };
  return { role: `own:${name}`, does };
}

const EXAMPLE = '`DBA=You look after the databases.`';

export function teamRoles(entries: readonly string[]): readonly TeamRole[] {
  return entries.map(readTeamRole).filter((read) => 'role' in read);
}

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text) || (isOwn(text) && NAME.test(nameOfOwn(text)));
}

function isOwn(text: string): text is OwnRole {
  return text.startsWith('own:');
}

function nameOfOwn(role: OwnRole): string {
  return role.slice('own:'.length);
}

/** `Incident commander`, `DBA` */
export function roleName(role: Role): string {
  return isOwn(role) ? nameOfOwn(role) : ROLE_NAMES[role];
}

/** `incident commander`; the team's names keep their letters: `DBA`. */
export function roleInSentence(role: Role): string {
  return isOwn(role) ? nameOfOwn(role) : ROLE_NAMES[role].toLowerCase();
}

/** What people type for it: `technical`, `DBA`. */
export function roleWord(role: Role): string {
  return isOwn(role) ? nameOfOwn(role) : (role.split('-')[0] ?? role);
}

/** '' for a role that is no longer in the settings. */
export function dutyOf(role: Role, team: readonly TeamRole[]): string {
  return isOwn(role) ? (team.find((one) => one.role === role)?.does ?? '') : DUTIES[role];
}

/** The role of a timeline entry's value such as `commander=U012ABC`; undefined for any other value. */
export function roleIn(value: string): Role | undefined {
  const role = value.slice(0, Math.max(value.indexOf('='), 0));
  return isRole(role) ? role : undefined;
}

export function confirmedValue(role: Role, holder: string): string {
  return `confirmed:${role}=${holder}`;
}

/** After a reopening, the holder is asked whether they still do it. */
export function askedValue(role: Role, holder: string): string {
  return `asked:${role}=${holder}`;
}

type Entry = Readonly<{ kind: string; value: string; source: string; notedUs: number }>;

/**
 * Roles that somebody else gave, or whose holder was asked again, as long as the holder has not confirmed them. `entries`:
 * the timeline.
 */
export function unconfirmedRoles({ roles }: Readonly<{ roles: Roles }>, entries: readonly Entry[]): readonly Role[] {
  const noted = entries.filter(({ kind }) => kind === 'role').toSorted((a, b) => a.notedUs - b.notedUs);
  return heldRoles(roles).filter((role) => {
    const holder = roles[role] ?? '';
    const given = noted.findLastIndex(({ value }) => value === `${role}=${holder}`);
    const source = noted[given]?.source ?? '';
    const asked = noted.findLastIndex(({ value }) => value === askedValue(role, holder));
    const isAsked = asked > given || (isPersonId(source) && source !== holder);
    const since = noted.slice(Math.max(given, asked) + 1);
    return isAsked && !since.some(({ value }) => value === confirmedValue(role, holder));
  });
}

/** Those that somebody has, ours first. */
export function heldRoles(roles: Roles): readonly Role[] {
  const own = Object.keys(roles).filter((role) => isOwn(role) && isRole(role));
  return [...ROLES, ...(own as OwnRole[]).sort()].filter((role) => roles[role] !== undefined);
}
