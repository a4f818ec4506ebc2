/** Reads the times of earlier problems from the record: alerts that fired, incidents that were open. */
import { isSameService, serviceOfAlert } from '#model/incident/alert-service.ts';
import type { KnownTroubles, TroubleTime } from '#model/incident/trouble-time.ts';
import { cutText } from '#model/text/cut-text.ts';
import { alertTimes } from '#record/alerts.ts';
import { incidentTimes } from '#record/find-incidents.ts';
import type { Reader } from '#record/store.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';

/**
 * Alerts count only for the services in question, because every team has its own alerts. An incident counts unless it
 * is known to be about other services: its author may not have named any. Problems that the readers of the answer may
 * not see also make a window unhealthy, but they stay unnamed.
 */
export function knownTroubles(store: Reader, workspaceId: string, mayShow: MayShow): KnownTroubles {
  return async ({ services, fromUs, toUs }) => {
    const asked = { workspaceId, fromUs, toUs };
    const isOfThem = (name: string) => services.some((service) => isSameService(service, name));
    const alerts = (await alertTimes(store, asked)).filter((alert) => serviceOfAlert(alert, services) !== undefined);
    const incidents = (await incidentTimes(store, asked)).filter(
      (incident) => incident.services.length === 0 || incident.services.some(isOfThem),
    );
    const troubles = [
      ...alerts.map((time) => ({
        time,
        what: `the alert “${cutText(time.title, LONGEST_TITLE)}” was firing`,
        ofUnknownService: false,
      })),
      ...incidents.map((time) => ({
        time,
        what: `${time.name} was open`,
        ofUnknownService: time.services.length === 0,
      })),
    ];
    const told = await Promise.all(
      troubles.map(async ({ time: { fromUs, toUs, channelId }, what, ofUnknownService }): Promise<TroubleTime> => {
        const isShown = channelId !== undefined && (await mayShow(channelId));
        return { fromUs, toUs, what: isShown ? what : 'something was known to be wrong', ofUnknownService };
      }),
    );
    return told.sort((a, b) => a.fromUs - b.fromUs);
  };
}

/** For use within a sentence. */
const LONGEST_TITLE = 80;
