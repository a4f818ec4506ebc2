/**
 * Reads from Jira Service Management, the successor of Opsgenie, who is on call now in a schedule. It gives the account
 * ids of Atlassian, so Jira is asked for names and addresses; people may hide theirs.
 * https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-schedule-on-calls/
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/
 *
 *   schedule/<id> ───────────────────────────────┐
 *   schedule/Payments ──► schedules of that name ─┴──► account ids on call ──► their names and addresses
 */
import { z } from 'zod';
import {
  ambiguous,
  meantBy,
  openOnCallApi,
  PersonEmail,
  PersonName,
  readOnCall,
  unknown,
} from '#adapters/on-call-answer.ts';
import type { OnCallPerson, OnCallSource } from '#model/incident/on-call.ts';

export type JiraOnCallOptions = Readonly<{
  /** An API token of the user. */
  token: string;
  user: string;
  cloudId: string;
  url: URL;
}>;

const TITLE = 'Jira Service Management';

/** The most that one page of schedules and one question about people hold. */
const PAGE = 100;
const MOST_PEOPLE = 50;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const Schedules = z.object({ values: z.array(z.object({ id: z.string().min(1).max(100), name: PersonName })) });
const OnCallUsers = z.object({ onCallUsers: z.array(z.string().min(1).max(200)) });
const Users = z.object({
  values: z.array(z.object({ accountId: z.string(), displayName: PersonName, emailAddress: PersonEmail })),
});

export function jiraOnCall({ token, user, cloudId, url }: JiraOnCallOptions): OnCallSource {
  const api = openOnCallApi(TITLE, {
    url,
    token,
    headers: { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` },
    errors: { address: 'OPSGENIE_JIRA_URL', credentials: 'OPSGENIE_API_KEY and OPSGENIE_JIRA_USER' },
  });
  const schedules = `jsm/ops/api/${cloudId}/v1/schedules`;
  return {
    id: 'opsgenie',
    title: TITLE,
    async onCall(target, _nowUs, signal) {
      const wanted = target.slice(target.indexOf('/') + 1);
      const schedule = UUID.test(wanted) ? { id: wanted, name: '' } : await named(wanted, signal);
      if ('kind' in schedule) return schedule;
      const answer = await readOnCall(api, `${schedules}/${schedule.id}/on-calls`, {
        search: [['flat', 'true']],
        signal,
        schema: OnCallUsers,
        missing: notThere(wanted),
      });
      if (answer.kind === 'unknown') return answer;
      const ids = [...new Set(answer.value.onCallUsers)].slice(0, MOST_PEOPLE);
      const place = `${TITLE}’s schedule ${schedule.name || wanted}`;
      return { kind: 'known', place, people: ids.length === 0 ? [] : await people(ids, signal) };
    },
  };

  async function named(wanted: string, signal: AbortSignal) {
    const search = [
      ['query', wanted],
      ['size', `${PAGE}`],
    ] as const;
    const answer = await readOnCall(api, schedules, { search, signal, schema: Schedules, missing: notThere(wanted) });
    if (answer.kind === 'unknown') return answer;
    const [first, ...others] = meantBy(wanted, answer.value.values);
    if (first === undefined) return unknown(notThere(wanted));
    return others.length > 0 ? ambiguous(TITLE, 'opsgenie', [first, ...others]) : first;
  }

  /** In the order of the schedule. Somebody whom Jira does not name has the account id as a name: a setting maps it. */
  async function people(ids: readonly string[], signal: AbortSignal): Promise<readonly OnCallPerson[]> {
    const answer = await readOnCall(api, `ex/jira/${cloudId}/rest/api/3/user/bulk`, {
      search: [['maxResults', `${MOST_PEOPLE}`], ...ids.map((id) => ['accountId', id] as const)],
      signal,
      schema: Users,
      missing: '',
    });
    const known = answer.kind === 'unknown' ? [] : answer.value.values;
    return ids.map((id) => {
      const found = known.find(({ accountId }) => accountId === id);
      return { name: found?.displayName || id, email: found?.emailAddress ?? '', slackId: '', untilUs: undefined };
    });
  }
}

function notThere(schedule: string): string {
  return `${TITLE} has no schedule ${schedule}, or the user of OPSGENIE_API_KEY may not see it. Correct the name in incidents.page.onCall or incidents.commander.onCall.`;
}
