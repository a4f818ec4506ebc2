/**
 * Who belongs to a user group of Slack, for rights that a setting reserves for groups.
 *
 *   usergroups.list ──► the group of that id or handle; disabled? ──► usergroups.users.list ──► its members
 *
 * A disabled group keeps its list of people, but gives nobody a right.
 */
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type Clock, within } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { UserGroup } from '#model/incident/rights.ts';
import { askingTwice, type Question, remembering } from './questions.ts';

/** By the id (S…) or the handle (@sre) that the setting has. */
export type FindUserGroup = (named: string) => Promise<UserGroup>;

/**
 * Slack takes 20 calls a minute of each of the two methods. So the answers serve for a minute, and somebody who is taken
 * out of a group keeps its rights for at most that long.
 */
const REMEMBER_US = 60_000_000;

/** An answer that the next try does not change. */
type Refused = Extract<UserGroup, { kind: 'missing' | 'unknown' }>;

const INSTALL_AGAIN =
  'Add the scope usergroups:read to the Slack app (manifest.json has it), then install it to the workspace again.';
const REFUSALS: Readonly<Record<string, Refused>> = {
  // It was deleted, or disabled, since the list was read.
  no_such_subteam: { kind: 'missing' },
  missing_scope: {
    kind: 'unknown',
    reason: 'The Slack app lacks the scope usergroups:read.',
    remedy: INSTALL_AGAIN,
  },
  plan_upgrade_required: {
    kind: 'unknown',
    reason: 'The plan of this workspace has no user groups.',
    remedy: 'Take the groups out of the settings below `rights`, or upgrade the plan of the workspace.',
  },
};

/** Half an answer decides nothing. */
const Groups = z.object({
  usergroups: z.array(z.object({ id: z.string(), handle: z.string(), date_delete: z.number() })),
});
const Members = z.object({ users: z.array(z.string()) });

type Listed = z.output<typeof Groups>['usergroups'];

export type UserGroupOptions = Readonly<{
  client: WebClient;
  /** How long a person waits for the answer. */
  answerSeconds: number;
  /** The workspace of the token: Slack wants its id from an app that is installed in a whole organisation. */
  workspace(): Promise<string>;
  clock: Clock;
  log: Log;
}>;

export function userGroups({ client, answerSeconds, workspace, clock, log }: UserGroupOptions): FindUserGroup {
  const patienceMs = answerSeconds * 1_000;
  const twice = askingTwice({ clock, log, patienceMs, what: 'who belongs to a user group' });
  const kept = <T>(ask: Question<T>) => remembering(clock, REMEMBER_US, twice(ask));
  const groups = kept(listed);
  const members = kept(membersOf);

  return async (named) => (await within(clock, patienceMs, found(named))) ?? noAnswer(named);

  async function found(named: string): Promise<UserGroup> {
    const all = await groups('');
    if (all === undefined) return noAnswer(named);
    if ('kind' in all) return all;
    const group = named.startsWith('@') ? withHandle(all, named.slice(1)) : all.find(({ id }) => id === named);
    if (group === undefined) return { kind: 'missing' };
    const { id, handle } = group;
    if (group.date_delete !== 0) return { kind: 'disabled', handle };
    const people = await members(id);
    if (people === undefined) return noAnswer(named);
    return 'kind' in people ? people : { kind: 'known', handle, members: people };
  }

  async function listed(): Promise<Listed | Refused | undefined> {
    const asked = { team_id: await workspace(), include_disabled: true };
    const answer = await client.usergroups.list(asked).catch(refusal);
    return 'kind' in answer ? answer : Groups.safeParse(answer).data?.usergroups;
  }

  async function membersOf(usergroup: string): Promise<ReadonlySet<string> | Refused | undefined> {
    const asked = { team_id: await workspace(), usergroup };
    const answer = await client.usergroups.users.list(asked).catch(refusal);
    if ('kind' in answer) return answer;
    const users = Members.safeParse(answer).data?.users;
    return users && new Set(users);
  }
}

/** A handle that a disabled group left may belong to another group by now. */
function withHandle(all: Listed, handle: string): Listed[number] | undefined {
  const wanted = handle.toLowerCase();
  const named = all.filter((group) => group.handle.toLowerCase() === wanted);
  return named.find(({ date_delete }) => date_delete === 0) ?? named[0];
}

function refusal(error: unknown): Refused {
  const known = error instanceof WebAPIPlatformError ? REFUSALS[error.data.error] : undefined;
  if (known === undefined) throw error;
  return known;
}

function noAnswer(named: string): UserGroup {
  return {
    kind: 'unknown',
    reason: `Slack did not say who belongs to ${named}. Please try again.`,
    remedy: 'Try again in a minute. If it fails again, look at https://slack-status.com.',
  };
}
