/**
 * Reads from PagerDuty's REST API who is on call now, for a schedule, an escalation policy or a service.
 * https://developer.pagerduty.com/api-reference/3a6b910f11050-list-all-of-the-on-calls
 */
import { z } from 'zod';
import type { Backend, Search } from '#adapters/http.ts';
import {
  openOnCallApi,
  PersonEmail,
  PersonName,
  type Read,
  readOnCall,
  ShiftInstant,
  unknown,
} from '#adapters/on-call-answer.ts';
import type { OnCallAnswer, OnCallPerson, OnCallSource } from '#model/incident/on-call.ts';
import { keyHeaders } from './changes.ts';

export type PagerDutyOptions = Readonly<{ apiKey: string; apiUrl: URL }>;

const NAMES = { schedule: 'schedule', policy: 'escalation policy', service: 'service' } as const;
const PATHS = { schedule: 'schedules', policy: 'escalation_policies', service: 'services' } as const;
type Kind = keyof typeof NAMES;

const PAGE = 100;
/** A policy has at most 20 levels. Whoever is behind the 300th place is never called. */
const MOST_PAGES = 3;

const Named = z.object({ id: PersonName, summary: PersonName, name: PersonName }).nullish().catch(undefined);
const OnCalls = z.object({
  oncalls: z.array(
    z.object({
      user: z.object({ id: PersonName, summary: PersonName, name: PersonName, email: PersonEmail }),
      schedule: Named,
      escalation_policy: Named,
      escalation_level: z.number().catch(0),
      end: ShiftInstant,
    }),
  ),
  more: z.boolean().nullish(),
});
type OnCall = z.output<typeof OnCalls>['oncalls'][number];

const Item = z.object({ summary: PersonName, name: PersonName });
const Found = z.object({
  schedule: Item.optional(),
  escalation_policy: Item.optional(),
  service: Item.extend({ escalation_policy: z.object({ id: z.string().regex(/^[A-Z0-9]{3,40}$/) }) }).optional(),
});

export function pagerDutyOnCall({ apiKey, apiUrl }: PagerDutyOptions): OnCallSource {
  const api = openOnCallApi('PagerDuty', {
    url: apiUrl,
    token: apiKey,
    headers: keyHeaders(apiKey),
    errors: { address: 'PAGERDUTY_API_URL', credentials: 'PAGERDUTY_API_KEY' },
  });
  return {
    id: 'pagerduty',
    title: 'PagerDuty',
    async onCall(place, _nowUs, signal) {
      const [kind = '', id = ''] = place.split('/');
      if (!isKind(kind)) return unknown('PagerDuty has schedules, policies and services: correct the setting.');
      if (kind === 'service') return await ofService(api, id, signal);
      return await peopleOf(api, { kind, id, name: '' }, signal);
    },
  };
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(NAMES, text);
}

/** A service has an escalation policy, and the policy has people. */
async function ofService(api: Backend, id: string, signal: AbortSignal): Promise<OnCallAnswer> {
  const found = await itself(api, { kind: 'service', id }, signal);
  if (found.kind === 'unknown') return found;
  const { service } = found.value;
  if (service === undefined) return unknown(notThere('service', id));
  const place = placeOf('service', service.name || service.summary || id);
  return await peopleOf(api, { kind: 'policy', id: service.escalation_policy.id, name: place }, signal);
}

async function peopleOf(
  api: Backend,
  { kind, id, name }: Readonly<{ kind: 'schedule' | 'policy'; id: string; name: string }>,
  signal: AbortSignal,
): Promise<OnCallAnswer> {
  const all = await onCalls(api, { kind, id }, signal);
  if (all.kind === 'unknown') return all;
  const [first] = all.value;
  if (first === undefined) return await nobody(api, { kind, id, name }, signal);
  const item = kind === 'schedule' ? first.schedule : first.escalation_policy;
  return { kind: 'known', place: name || placeOf(kind, item?.summary || id), people: inOrder(all.value) };
}

/** All pages, as far as they are read. */
async function onCalls(
  api: Backend,
  { kind, id }: Readonly<{ kind: 'schedule' | 'policy'; id: string }>,
  signal: AbortSignal,
): Promise<Read<readonly OnCall[]>> {
  const all: OnCall[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const search: Search = [
      [kind === 'schedule' ? 'schedule_ids[]' : 'escalation_policy_ids[]', id],
      ['include[]', 'users'],
      ['limit', `${PAGE}`],
      ['offset', `${page * PAGE}`],
    ];
    const answer = await readOnCall(api, 'oncalls', { search, signal, schema: OnCalls, missing: notThere(kind, id) });
    if (answer.kind === 'unknown') return answer;
    all.push(...answer.value.oncalls);
    if (answer.value.more !== true) break;
  }
  return { kind: 'read', value: all };
}

/** The list of an unknown schedule is empty, too: the schedule itself says which it is. */
async function nobody(
  api: Backend,
  { kind, id, name }: Readonly<{ kind: 'schedule' | 'policy'; id: string; name: string }>,
  signal: AbortSignal,
): Promise<OnCallAnswer> {
  const found = await itself(api, { kind, id }, signal);
  if (found.kind === 'unknown') return found;
  const item = kind === 'schedule' ? found.value.schedule : found.value.escalation_policy;
  return { kind: 'known', place: name || placeOf(kind, item?.name || item?.summary || id), people: [] };
}

async function itself(
  api: Backend,
  { kind, id }: Readonly<{ kind: Kind; id: string }>,
  signal: AbortSignal,
): Promise<Read<z.output<typeof Found>>> {
  return await readOnCall(api, `${PATHS[kind]}/${id}`, { signal, schema: Found, missing: notThere(kind, id) });
}

function notThere(kind: Kind, id: string): string {
  return `PagerDuty has no ${NAMES[kind]} ${id}, or PAGERDUTY_API_KEY may not see it. Correct the id in incidents.page.onCall or incidents.commander.onCall.`;
}

function placeOf(kind: Kind, name: string): string {
  return `PagerDuty’s ${NAMES[kind]} ${name}`;
}

/** The levels of a policy in their order; a person once. PagerDuty's clock says who is on call, and ours may differ. */
function inOrder(all: readonly OnCall[]): readonly OnCallPerson[] {
  const people = new Map<string, OnCallPerson>();
  for (const { user, end: untilUs } of all.toSorted((a, b) => a.escalation_level - b.escalation_level)) {
    const key = user.id || user.email;
    const person = { name: user.name || user.summary, email: user.email, slackId: '', untilUs };
    if (!people.has(key)) people.set(key, person);
  }
  return [...people.values()];
}
