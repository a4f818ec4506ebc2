/** Reads from the record when something was wrong: alerts that fired, incidents that were open. */
import { isSameService, serviceOfAlert } from '#model/alert-service.ts';
import type { KnownTroubles, TroubleTime } from '#model/trouble-time.ts';
import { alertTimes } from '#record/alerts.ts';
import { incidentTimes } from '#record/incidents.ts';
import type { Reader } from '#record/store.ts';

/**
 * Alerts count where they are about one of the services, for every team has alerts of its own. An incident counts unless it
 * is known to be about others: whoever declared it need not have said whose it is.
 */
export function knownTroubles(store: Reader, workspaceId: string): KnownTroubles {
  return async ({ services, fromUs, toUs }) => {
    const asked = { workspaceId, fromUs, toUs };
    const [alerts, incidents] = [await alertTimes(store, asked), await incidentTimes(store, asked)];
    const isOfThem = (name: string) => services.some((service) => isSameService(service, name));
    return [
      ...alerts
        .filter((alert) => serviceOfAlert(alert, services) !== undefined)
        .map(
          ({ title, ...time }): TroubleTime => ({
            ...stretch(time),
            what: `the alert “${title.slice(0, LONGEST_TITLE)}” was firing`,
          }),
        ),
      ...incidents
        .filter((incident) => incident.services.length === 0 || incident.services.some(isOfThem))
        .map(({ name, ...time }): TroubleTime => ({ ...stretch(time), what: `${name} was open` })),
    ].sort((a, b) => a.fromUs - b.fromUs);
  };
}

/** It stands within a sentence. */
const LONGEST_TITLE = 80;

function stretch({ fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>) {
  return { fromUs, toUs };
}
