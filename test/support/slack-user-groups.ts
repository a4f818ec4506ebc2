/**
 * The user groups of Slack, which the emulator lacks, as docs.slack.dev/reference/methods/usergroups.list and
 * …/usergroups.users.list show the answers.
 */

export type FakeGroup = Readonly<{ id: string; handle: string; users: readonly string[]; isDisabled?: boolean }>;

type Answer = { ok: boolean } & Record<string, unknown>;
type Args = Readonly<Record<string, string>>;

const MADE_AT = 1_446_746_793;
const DISABLED_AT = 1_446_748_865;

export function slackUserGroups(team: string) {
  const groups = new Map<string, FakeGroup>();

  return {
    /** A new group, or what becomes of one. */
    set: (group: FakeGroup) => void groups.set(group.id, group),
    delete: (id: string) => void groups.delete(id),
    /** Undefined for another method. */
    answer(method: string, args: Args): Answer | undefined {
      if (method === 'usergroups.list') return listed(args);
      return method === 'usergroups.users.list' ? membersOf(args) : undefined;
    },
  };

  function listed({ include_disabled, include_users, team_id }: Args): Answer {
    if (team_id !== undefined && team_id !== team) return { ok: false, error: 'invalid_team' };
    const shown = [...groups.values()].filter(({ isDisabled }) => include_disabled === 'true' || isDisabled !== true);
    const usergroups = shown.map(({ users, ...group }) => ({
      ...described(group),
      user_count: String(users.length),
      ...(include_users === 'true' && { users }),
    }));
    return { ok: true, usergroups };
  }

  function described({ id, handle, isDisabled }: Omit<FakeGroup, 'users'>): object {
    return {
      id,
      team_id: team,
      is_usergroup: true,
      is_subteam: true,
      name: `Team ${handle}`,
      description: '',
      handle,
      is_external: false,
      date_create: MADE_AT,
      date_update: MADE_AT,
      date_delete: isDisabled === true ? DISABLED_AT : 0,
      auto_type: null,
      auto_provision: false,
      enterprise_subteam_id: '',
      created_by: 'U0ADMIN',
      updated_by: 'U0ADMIN',
      deleted_by: isDisabled === true ? 'U0ADMIN' : null,
      prefs: { channels: [], groups: [] },
    };
  }

  function membersOf({ usergroup = '', include_disabled }: Args): Answer {
    const group = groups.get(usergroup);
    const isHidden = group?.isDisabled === true && include_disabled !== 'true';
    return group === undefined || isHidden
      ? { ok: false, error: 'no_such_subteam' }
      : { ok: true, users: [...group.users] };
  }
}
