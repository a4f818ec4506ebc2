/** Checks the user groups that rights are reserved for, for `doctor`. */
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { COMMANDER, groupName, type NamedGroup, RIGHTS, type Right } from '#model/incident/rights.ts';
import { counted } from '#model/text/count-text.ts';
import { listText } from '#model/text/list-text.ts';

export type RightsCheck = Readonly<{ ok: boolean; detail: readonly string[]; remedy: string }>;

const ANSWER_SECONDS = 4;

/** Asks once for each group. Undefined if the settings name none, or no Slack. */
export async function checkRights({ rights, slack }: Config, signal: AbortSignal): Promise<RightsCheck | undefined> {
  const reserved = RIGHTS.filter((right) => rights[right].length > 0);
  if (reserved.length === 0 || slack.botToken === undefined) return undefined;
  const [{ userGroups }, { askOnceClient }] = await Promise.all([
    import('#adapters/slack/user-groups.ts'),
    import('#adapters/slack/slack-answer.ts'),
  ]);
  signal.throwIfAborted();
  const timeoutMs = ANSWER_SECONDS * 1_000;
  const client = askOnceClient(slack.botToken, { apiUrl: slack.apiUrl?.href, timeoutMs });
  const find = userGroups({
    client,
    answerSeconds: ANSWER_SECONDS,
    workspace: async () => (await client.auth.test()).team_id ?? '',
    clock: systemClock,
    log: silentLog,
  });
  const named = [...new Set(reserved.flatMap((right) => rights[right]))].filter((name) => name !== COMMANDER);
  const groups = await Promise.all(named.map(async (name) => ({ named: name, group: await find(name) })));
  const broken = groups.flatMap((one) =>
    problemsOf(
      one,
      reserved.filter((right) => rights[right].includes(one.named)),
    ),
  );
  if (broken.length > 0) {
    const detail = broken.map(({ problem }) => problem);
    return { ok: false, detail, remedy: [...new Set(broken.map(({ remedy }) => remedy))].join(' ') };
  }
  const holders = (right: Right) =>
    listText(
      rights[right].map((name) => {
        const one = groups.find((group) => group.named === name);
        return one === undefined ? 'the incident commander' : withCount(one);
      }),
    );
  return { ok: true, detail: [reserved.map((right) => `${right}: ${holders(right)}`).join('; ')], remedy: '' };
}

function withCount(one: NamedGroup): string {
  const members = one.group.kind === 'known' ? one.group.members.size : 0;
  return `${groupName(one)} (${counted(members, 'member')})`;
}

/** `rights`: the ones that the group has. */
function problemsOf(
  one: NamedGroup,
  rights: readonly Right[],
): readonly Readonly<{ problem: string; remedy: string }>[] {
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
