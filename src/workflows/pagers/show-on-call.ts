/** `/incident who is on call`: who is on call now, for each name of the settings, for one name, or for the cause. */
import { CAUSE } from '#model/incident/on-call.ts';
import { ownedService } from '#model/services/owned-service.ts';
import { type OnCallGroup, onCallMessage } from '#present/slack/on-call-message.ts';
import type { Store } from '#record/store.ts';
import type { CommanderCalls } from '#workflows/commander/call-commander.ts';
import { type AskedBy, incidentMeant, type MayRead, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import {
  namesOnCall,
  onCallForCause,
  onCallNamed,
  onCallOfOwned,
  type PageSettings,
} from '#workflows/pagers/page-next.ts';
import { everybodyOnCall, type OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';
import { knownServices } from '#workflows/services/known-services.ts';

/** `name`: of a team or a service, or `cause`; '' for everybody whom the settings know. `meant`: whose cause it is. */
export type ShowOnCall = (
  request: Readonly<{ asked: AskedBy; meant: Extract<Meant, { channelId: string }>; name: string }>,
) => Promise<void>;

export type OnCallParts = Readonly<{
  store: Store;
  mayRead: MayRead;
  /** Whether everybody who reads the first channel may read the second. */
  mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  pages: Pick<PageSettings, 'onCall'>;
  calls: Pick<CommanderCalls, 'onCall'>;
  desk: OnCallDesk;
  kick(): void;
}>;

/** Each asks a system outside. */
const MOST_GROUPS = 20;

type Wanted = Readonly<{ name: string; targets: readonly string[] }>;

/** Asks outside, at most `waitSeconds` of the desk. Nothing changes, and nobody is mentioned. */
export function onCallShower(parts: OnCallParts): ShowOnCall {
  return async ({ asked, meant, name }) => {
    const wanted = await wantedIn(parts, { asked, meant, name });
    if ('problem' in wanted) return await showTo(parts, asked, { text: wanted.problem });
    const shown = wanted.slice(0, MOST_GROUPS);
    const groups = await Promise.all(shown.map((one) => groupOf(parts.desk, one)));
    await showTo(parts, asked, onCallMessage({ groups, asked: name, left: wanted.length - shown.length }));
  };
}

async function groupOf(desk: OnCallDesk, { name, targets }: Wanted): Promise<OnCallGroup> {
  const { people, notes } = await everybodyOnCall(desk, targets, new AbortController().signal);
  const named = await Promise.all(people.map(async (one) => ({ ...one, name: await desk.nameOf(one.who) })));
  return { name, people: named, notes };
}

async function wantedIn(
  parts: OnCallParts,
  { asked, meant, name }: Parameters<ShowOnCall>[0],
): Promise<readonly Wanted[] | Readonly<{ problem: string }>> {
  const { store, pages } = parts;
  if (name.toLowerCase() === CAUSE || (name === '' && meant.number !== undefined)) {
    const incident = await incidentMeant(parts, asked, meant);
    if ('problem' in incident) return incident;
    return [{ name: CAUSE, targets: await onCallForCause(store, pages.onCall, incident) }];
  }
  if (name !== '') return [{ name, targets: await targetsOf(parts, asked, name) }];
  const all = namesOnCall(pages.onCall).map((one) => ({ name: one, targets: onCallNamed(pages.onCall, one) }));
  const commanders = parts.calls.onCall.filter((target) => target !== CAUSE && target !== HERE);
  return commanders.length === 0 ? all : [...all, { name: COMMANDERS, targets: commanders }];
}

const HERE = 'here';
const COMMANDERS = 'an incident without a commander';

/** By the name of a team or a service in the settings, else by the owners of the service. */
async function targetsOf({ store, pages, mayShowIn }: OnCallParts, asked: AskedBy, name: string) {
  const direct = onCallNamed(pages.onCall, name);
  if (direct.length > 0) return direct;
  const mayShow = (other: string) => mayShowIn(asked.channelId, other);
  const { catalogue } = await knownServices(store, { workspaceId: asked.workspaceId, mayShow });
  const service = ownedService(catalogue, name);
  return service === undefined ? [] : onCallOfOwned(pages.onCall, service);
}
