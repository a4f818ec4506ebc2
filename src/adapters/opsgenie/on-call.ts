/**
 * Reads from Opsgenie who is on call now in a schedule. It does not say until when.
 * https://docs.opsgenie.com/docs/who-is-on-call-api
 */
import { z } from 'zod';
import { openOnCallApi, PersonEmail, PersonName, readOnCall } from '#adapters/on-call-answer.ts';
import type { OnCallSource } from '#model/incident/on-call.ts';

export type OpsgenieOptions = Readonly<{ apiKey: string; apiUrl: URL }>;

const OnCalls = z.object({
  data: z.object({
    _parent: z.object({ name: PersonName }).nullish().catch(undefined),
    /** The names of users, which are their addresses. */
    onCallRecipients: z.array(z.string()),
  }),
});

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function opsgenieOnCall({ apiKey, apiUrl }: OpsgenieOptions): OnCallSource {
  const api = openOnCallApi('Opsgenie', {
    url: apiUrl,
    token: apiKey,
    headers: { authorization: `GenieKey ${apiKey}` },
    errors: { address: 'OPSGENIE_API_URL', credentials: 'OPSGENIE_API_KEY' },
  });
  return {
    id: 'opsgenie',
    title: 'Opsgenie',
    async onCall(place, _nowUs, signal) {
      const schedule = place.slice(place.indexOf('/') + 1);
      const answer = await readOnCall(api, `v2/schedules/${encodeURIComponent(schedule)}/on-calls`, {
        search: [
          ['scheduleIdentifierType', UUID.test(schedule) ? 'id' : 'name'],
          ['flat', 'true'],
        ],
        signal,
        schema: OnCalls,
        missing: `Opsgenie has no schedule ${schedule}, or OPSGENIE_API_KEY may not see it. Correct the name in incidents.page.onCall or incidents.commander.onCall.`,
      });
      if (answer.kind === 'unknown') return answer;
      const { _parent, onCallRecipients } = answer.value.data;
      const people = [...new Set(onCallRecipients)].map((user) => {
        return { name: PersonName.parse(user), email: PersonEmail.parse(user), slackId: '', untilUs: undefined };
      });
      return { kind: 'known', place: `Opsgenie’s schedule ${_parent?.name || schedule}`, people };
    },
  };
}
