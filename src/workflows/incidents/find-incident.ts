/** Finds the incident that a person names, if no channel shows which workspace they mean. */
import { IncidentNotFoundError, UsageError } from '#core/errors.ts';
import { type Incident, incidentName, readIncidentNumber } from '#model/incident/incident.ts';
import { incidentsNumbered } from '#record/find-incidents.ts';
import type { Store } from '#record/store.ts';
import { type MayShow, SHOW_ALL, shownTo } from '#workflows/rights/may-show.ts';

/** As people write `INC-12` in a terminal, where nothing but an incident is meant: `12`, `#12`, `INC 12`, `inc12`. */
const SHORT_NAME = /^\s*(?:inc[\s-]?|#)?(\d+)\s*$/i;

/** Throws if the text names no incident, or an unknown one: also if the reader may not see it. */
export async function findIncidentNamed(store: Store, text: string, mayShow: MayShow = SHOW_ALL): Promise<Incident> {
  const number = readIncidentNumber(text.replace(SHORT_NAME, 'INC-$1'));
  if (number === undefined) {
    throw new UsageError(`"${text}" names no incident`, 'Name it as INC-12. `spanhound incidents` lists them.');
  }
  const [found, another] = await shownTo(mayShow, await incidentsNumbered(store, number));
  if (found === undefined) throw new IncidentNotFoundError(incidentName({ number }));
  if (another !== undefined) {
    throw new UsageError(
      `several workspaces have an ${incidentName({ number })}`,
      'Ask for it in Slack, in its workspace.',
    );
  }
  return found;
}
