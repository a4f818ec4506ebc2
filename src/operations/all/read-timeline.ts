/** The timeline of an incident. */
import { z } from 'zod';
import { incidentName } from '#model/incident/incident.ts';
import { counted } from '#model/text/count-text.ts';
import { INCIDENT_FACTS } from '#operations/incident-facts.ts';
import { defineOperation, IncidentArgument } from '#operations/operation.ts';
import { quotedText } from '#operations/quoted-text.ts';
import { incidentJson, wholeTimelineJson } from '#present/json/incident-json.ts';
import { shown } from '#present/words/plain-text.ts';

export const readTimelineOperation = defineOperation({
  name: 'read_timeline',
  title: 'Read a timeline',
  description:
    'Reads the timeline of an incident in the order of events: alerts, diagnoses, changes of status and severity, roles, notes of people.',
  asksSystems: false,
  route: { method: 'GET', path: '/incidents/{incident}/timeline' },
  scope: 'read',
  input: { incident: IncidentArgument },
  facts: INCIDENT_FACTS,
  lists: {
    entries: z.looseObject({
      at: z.string(),
      kind: z.string(),
      of: z.string().describe('The incident of the entry: this one, or one that is merged into it.'),
      text: z.string(),
      source: z.string(),
      link: z.string(),
    }),
  },
  async answer({ incident: asked }, { parts }) {
    const read = await parts.readTimeline(asked);
    const { incident, entries } = read;
    const name = incidentName(incident);
    const { title, severity, status, declaredAt, resolvedAt, durationFrom, metrics } = incidentJson(read);
    const told = wholeTimelineJson(incident, entries, parts.namesIn(incident.workspaceId));
    const headline = `${name} (${severity}, ${status}): ${shown(title)}. ${counted(told.length, 'entry')}.`;
    return {
      head: [headline],
      lines: quotedText(
        told
          .map(({ at, kind, text, source, of }) =>
            shown(`${at}  ${kind}${of === name ? '' : ` of ${of}`}  ${text} (${source})`),
          )
          .join('\n'),
      ),
      facts: {
        headline,
        incident: name,
        title: shown(title),
        severity,
        status,
        declaredAt,
        resolvedAt,
        durationFrom,
        metrics,
      },
      items: told.map(({ text, source, link, ...entry }) => ({
        list: 'entries',
        item: { ...entry, text: shown(text), source: shown(source), link: shown(link) },
      })),
    };
  },
});
