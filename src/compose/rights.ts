/** Checks the user groups that rights are reserved for, for `doctor`. */
import { installedWorkspaces } from '#compose/installations.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { isSlackId } from '#model/incident/on-call.ts';
import { COMMANDER, groupName, type NamedGroup, RIGHTS, type Right, type UserGroup } from '#model/incident/rights.ts';
import { counted } from '#model/text/count-text.ts';
import { listText } from '#model/text/list-text.ts';

export type RightsCheck = Readonly<{ ok: boolean; detail: readonly string[]; remedy: string }>;

const ANSWER_SECONDS = 4;

/** `isOwn`: the operators' own workspace, whose people the settings call. */
type Place = Readonly<{ label: string; botToken: string; isOwn: boolean }>;

type Problem = Readonly<{ problem: string; remedy: string }>;

/**
 * Asks once for each group, in each workspace that the bot serves. Undefined if the settings name none, or the bot serves
 * no workspace.
 */
export async function checkRights(config: Config, signal: AbortSignal): Promise<RightsCheck | undefined> {
  const reserved = RIGHTS.filter((right) => config.rights[right].length > 0);
  if (reserved.length === 0) return undefined;
  const places = await placesOf(config);
  signal.throwIfAborted();
  if (places.length === 0) return undefined;
  const checks = await Promise.all(places.map((place) => checkedIn(place, config, reserved)));
  return {
    ok: checks.every(({ ok }) => ok),
    detail: checks.flatMap(({ detail }) => detail),
    remedy: [...new Set(checks.flatMap(({ remedies }) => remedies))].join(' '),
  };
}

async function placesOf(config: Config): Promise<readonly Place[]> {
  const { botToken, workspaces } = config.slack;
  const home = botToken === undefined ? [] : [{ label: '', botToken, isOwn: true }];
  const installed = (await installedWorkspaces(config)).map(({ workspaceId, name, botToken: token }) => ({
    label: `${workspaceId} (${name}): `,
    botToken: token,
    isOwn: botToken === undefined && workspaceId === workspaces[0],
  }));
  return [...home, ...installed];
}

async function checkedIn({ label, botToken, isOwn }: Place, config: Config, reserved: readonly Right[]) {
  const { rights, slack } = config;
  const [{ userGroups }, { askOnceClient }] = await Promise.all([
    import('#adapters/slack/user-groups.ts'),
    import('#adapters/slack/slack-answer.ts'),
  ]);
  const client = askOnceClient(botToken, { apiUrl: slack.apiUrl?.href, timeoutMs: ANSWER_SECONDS * 1_000 });
  const find = userGroups({
    client,
    answerSeconds: ANSWER_SECONDS,
    workspace: async () => (await client.auth.test()).team_id ?? '',
    clock: systemClock,
    log: silentLog,
  });
  const named = [...new Set(reserved.flatMap((right) => rights[right]))].filter((name) => name !== COMMANDER);
  const groups = await Promise.all(named.map(async (name) => ({ named: name, group: await find(name) })));
  const broken: readonly Problem[] = groups.flatMap((one) =>
    problemsOf(
      one,
      reserved.filter((right) => rights[right].includes(one.named)),
    ),
  );
  const commanding = groups.filter((one) => rights.command.includes(one.named));
  const called = isOwn ? await calledInVain(config, commanding, find) : [];
  const problems = [...broken, ...called];
  if (problems.length > 0) {
    const detail = problems.map(({ problem }) => label + problem);
    return { ok: false, detail, remedies: problems.map(({ remedy }) => remedy) };
  }
  const holders = (right: Right) =>
    listText(
      rights[right].map((name) => {
        const one = groups.find((group) => group.named === name);
        return one === undefined ? 'the incident commander' : withCount(one);
      }),
    );
  return {
    ok: true,
    detail: [label + reserved.map((right) => `${right}: ${holders(right)}`).join('; ')],
    remedies: [],
  };
}

/** People whom the settings call for the command, and who have no right to it. Systems outside know theirs only at the call. */
async function calledInVain(
  { incidents }: Config,
  commanding: readonly NamedGroup[],
  find: (named: string) => Promise<UserGroup>,
): Promise<readonly Problem[]> {
  const members = commanding.map(({ group }) => (group.kind === 'known' ? group.members : undefined));
  if (commanding.length === 0 || members.includes(undefined)) return [];
  const { onCall, onCallByChannel } = incidents.commander;
  const targets = [
    ...onCall.map((target) => ({ target, setting: 'incidents.commander.onCall' })),
    ...onCallByChannel.map(({ target }) => ({ target, setting: 'incidents.commander.onCallByChannel' })),
  ].filter(({ target }) => isSlackId(target));
  const who = listText(commanding.map(groupName));
  const problems = await Promise.all(
    targets.map(async ({ target, setting }): Promise<readonly Problem[]> => {
      const group = target.startsWith('S') ? await find(target) : undefined;
      const people = group === undefined ? [target] : group.kind === 'known' ? [...group.members] : [];
      const outside = people.filter((userId) => !members.some((some) => some?.has(userId)));
      if (outside.length === 0) return [];
      const named = group === undefined ? target : `${groupName({ named: target, group })} (${listText(outside)})`;
      return [
        {
          problem: `${setting} calls ${named}, but only ${who} may take the command (rights.command)`,
          remedy: `Add the people of ${setting} to ${who}, or call others.`,
        },
      ];
    }),
  );
  return problems.flat();
}

function withCount(one: NamedGroup): string {
  const members = one.group.kind === 'known' ? one.group.members.size : 0;
  return `${groupName(one)} (${counted(members, 'member')})`;
}

/** `rights`: the ones that the group has. */
function problemsOf(one: NamedGroup, rights: readonly Right[]): readonly Problem[] {
  const { group } = one;
  const settings = listText(rights.map((right) => `rights.${right}`));
  const name = groupName(one);
  switch (group.kind) {
    case 'known':
      if (group.members.size > 0) return [];
      return [{ problem: `${settings}: ${name} has no members`, remedy: `Add people to ${name} in Slack.` }];
    case 'disabled':
      return [
        { problem: `${settings}: ${name} is disabled`, remedy: `Enable ${name} in Slack, or name another group.` },
      ];
    case 'missing':
      return [
        {
          problem: `${settings}: this workspace has no user group ${name}`,
          remedy: `Correct ${settings}: an id (S…) stays when a group is renamed, a handle does not.`,
        },
      ];
    case 'unknown':
      return [{ problem: `${settings}: ${group.reason}`, remedy: group.remedy }];
  }
}
