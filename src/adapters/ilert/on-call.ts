/**
 * Reads from ilert who is on call now, for a schedule or an escalation policy.
 * https://docs.ilert.com/developer-docs/rest-api/api-reference/on-calls
 */
import { z } from 'zod';
import type { Backend } from '#adapters/http.ts';
import {
  openOnCallApi,
  PersonEmail,
  PersonName,
  type Read,
  readOnCall,
  ShiftInstant,
  unknown,
} from '#adapters/on-call-answer.ts';
import type { OnCallPerson, OnCallSource } from '#model/incident/on-call.ts';

export type IlertOptions = Readonly<{ apiKey: string; apiUrl: URL }>;

const KINDS = {
  schedule: { name: 'schedule', parameter: 'schedules', path: 'schedules' },
  policy: { name: 'escalation policy', parameter: 'policies', path: 'escalation-policies' },
} as const;
type Place = Readonly<{ kind: keyof typeof KINDS; id: string }>;

const PAGE = 100;
/** Whoever is behind the 300th place is never called. */
const MOST_PAGES = 3;

const Named = z.object({ name: PersonName }).nullish().catch(undefined);
const OnCalls = z.array(
  z.object({
    user: z.object({ id: z.number().optional(), firstName: PersonName, lastName: PersonName, email: PersonEmail }),
    schedule: Named,
    escalationPolicy: Named,
    escalationLevel: z.number().catch(0),
    end: ShiftInstant,
  }),
);
type OnCall = z.output<typeof OnCalls>[number];

export function ilertOnCall({ apiKey, apiUrl }: IlertOptions): OnCallSource {
  const api = openOnCallApi('ilert', {
    url: apiUrl,
    token: apiKey,
    errors: { address: 'ILERT_API_URL', credentials: 'ILERT_API_KEY' },
  });
  return {
    id: 'ilert',
    title: 'ilert',
    async onCall(target, _nowUs, signal) {
      const [kind = '', id = ''] = target.split('/');
      if (kind !== 'schedule' && kind !== 'policy')
        return unknown('ilert has schedules and policies: correct the setting.');
      const place = { kind, id } as const;
      const all = await onCalls(api, place, signal);
      if (all.kind === 'unknown') return all;
      const [first] = all.value;
      const named = kind === 'schedule' ? first?.schedule : first?.escalationPolicy;
      // The list of an unknown schedule is empty, too: the schedule itself says which it is.
      const itself = first === undefined ? await ownName(api, place, signal) : named?.name || id;
      if (typeof itself !== 'string') return itself;
      return { kind: 'known', place: `ilert’s ${KINDS[kind].name} ${itself}`, people: inOrder(all.value) };
    },
  };
}

async function onCalls(api: Backend, { kind, id }: Place, signal: AbortSignal): Promise<Read<readonly OnCall[]>> {
  const all: OnCall[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await readOnCall(api, 'api/on-calls', {
      search: [
        [KINDS[kind].parameter, id],
        ['expand', 'user'],
        ['expand', 'escalationPolicy'],
        ['start-index', `${page * PAGE}`],
        ['max-results', `${PAGE}`],
      ],
      signal,
      schema: OnCalls,
      missing: notThere({ kind, id }),
    });
    if (answer.kind === 'unknown') return answer;
    all.push(...answer.value);
    if (answer.value.length < PAGE) break;
  }
  return { kind: 'read', value: all };
}

async function ownName(api: Backend, { kind, id }: Place, signal: AbortSignal) {
  const schema = z.object({ name: PersonName });
  const path = `api/${KINDS[kind].path}/${id}`;
  const found = await readOnCall(api, path, { signal, schema, missing: notThere({ kind, id }) });
  return found.kind === 'unknown' ? found : found.value.name || id;
}

function notThere({ kind, id }: Place): string {
  return `ilert has no ${KINDS[kind].name} ${id}, or ILERT_API_KEY may not see it. Correct the id in incidents.page.onCall or incidents.commander.onCall.`;
}

/** The levels of a policy in their order; a person once. */
function inOrder(all: readonly OnCall[]): readonly OnCallPerson[] {
  const people = new Map<string, OnCallPerson>();
  for (const { user, end: untilUs } of all.toSorted((a, b) => a.escalationLevel - b.escalationLevel)) {
    const { id, firstName, lastName, email } = user;
    const name = `${firstName} ${lastName}`.trim();
    const key = `${id ?? (email || name)}`;
    if (!people.has(key)) people.set(key, { name, email, slackId: '', untilUs });
  }
  return [...people.values()];
}
