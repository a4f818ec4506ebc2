/** A review for a channel: in what people wrote, roles stand in place of those whom Slack knows. */
import type { IncidentReview, ReturningCause } from '#model/incident/incident-review.ts';
import { peopleAsRoles } from '#model/incident/people-as-roles.ts';
import { allNames } from '#model/incident/postmortem-roles.ts';
import type { Store } from '#record/store.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { namesOf, otherNamesOf } from '#workflows/postmortem/draft-postmortem.ts';

type Told = ReturningCause['incidents'][number];

export async function reviewInRoles(
  { store, directory }: Readonly<{ store: Store; directory: Directory }>,
  review: IncidentReview,
): Promise<IncidentReview> {
  const causes: ReturningCause[] = [];
  for (const cause of review.causes) {
    const incidents: Told[] = [];
    for (const one of cause.incidents) incidents.push(await inRoles(one));
    causes.push({ ...cause, incidents });
  }
  return { ...review, causes };

  async function inRoles(one: Told): Promise<Told> {
    const { incident, ended, openItems } = one;
    const names = await namesOf(store, directory, { incident, shows: () => true });
    const otherNames = await otherNamesOf(store, directory, { incident, names });
    const clean = peopleAsRoles({ roles: incident.roles, names: allNames({ names, otherNames }) });
    return {
      ...one,
      ended: ended && { ...ended, text: clean(ended.text) },
      openItems: openItems.map((item) => ({ ...item, text: clean(item.text) })),
    };
  }
}
