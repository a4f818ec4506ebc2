/** One incident: what it is, who has which role, what is still to be done, and which cases it has. */
import { z } from 'zod';
import { incidentName, itemName } from '#model/incident/incident.ts';
import { counted } from '#model/text/count-text.ts';
import { INCIDENT_FACTS } from '#operations/incident-facts.ts';
import { defineOperation, IncidentArgument } from '#operations/operation.ts';
import { quotedText } from '#operations/quoted-text.ts';
import { incidentJson } from '#present/json/incident-json.ts';
import { isoInstant } from '#present/words/instant.ts';
import { withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

export const readIncidentOperation = defineOperation({
  name: 'read_incident',
  title: 'Read an incident',
  description:
    'Reads one incident: its severity, status, times, metrics, roles and action items, and the seals of its cases. Take read_timeline for what happened when, and read_case for the diagnosis.',
  asksSystems: false,
  route: { method: 'GET', path: '/incidents/{incident}' },
  scope: 'read',
  input: { incident: IncidentArgument },
  facts: {
    ...INCIDENT_FACTS,
    impactStartAt: z.string().nullable(),
    roles: z.record(z.string(), z.string()),
  },
  lists: {
    cases: z.looseObject({
      number: z.int(),
      seal: z.string().describe('SHA-256 that proves the evidence.'),
      keptAt: z.string(),
    }),
    actionItems: z.looseObject({
      name: z.string(),
      state: z.string(),
      text: z.string(),
      owner: z.string(),
      due: z.string(),
    }),
  },
  async answer({ incident: asked }, { parts }) {
    const read = await parts.readIncident(asked);
    const { incident, items, cases } = read;
    const names = parts.namesIn(incident.workspaceId);
    const name = incidentName(incident);
    const json = incidentJson(read);
    const { title, severity, status, declaredAt, resolvedAt, impactStartAt } = json;
    const roles = Object.entries(json.roles).map(([role, who]) => [role, shown(withNames(who, names))] as const);
    const listed = items.map((item) => ({
      name: itemName(item),
      state: item.state,
      text: shown(withNames(item.text, names)),
      owner: shown(withNames(item.owner, names)),
      due: item.due,
    }));
    const open = listed.filter(({ state }) => state === 'open').length;
    const kept = counted(cases.length, 'case');
    const headline = `${name} (${severity}, ${status}): ${title}. ${kept}, ${counted(open, 'open action item')}.`;
    return {
      head: [headline],
      lines: quotedText(
        [
          `declared ${declaredAt}`,
          ...(resolvedAt === null ? [] : [`resolved ${resolvedAt}`]),
          ...roles.map(([role, who]) => `${role}: ${who}`),
          ...listed.map(({ state, text, owner, due, name: of }) => shown(`${of} ${state}  ${text}  ${owner} ${due}`)),
        ].join('\n'),
      ),
      facts: {
        headline,
        incident: name,
        title,
        severity,
        status,
        declaredAt,
        resolvedAt,
        impactStartAt,
        roles: Object.fromEntries(roles),
        durationFrom: json.durationFrom,
        metrics: json.metrics,
      },
      items: [
        ...cases.map(({ seal, keptUs }, at) => ({
          list: 'cases',
          item: { number: at + 1, seal, keptAt: isoInstant(keptUs) },
        })),
        ...listed.map((item) => ({ list: 'actionItems', item })),
      ],
    };
  },
});
