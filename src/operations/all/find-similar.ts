/** Earlier incidents with a similar diagnosis, and what ended them. */
import { z } from 'zod';
import { incidentName } from '#model/incident/incident.ts';
import { counted } from '#model/text/count-text.ts';
import { defineOperation, IncidentArgument } from '#operations/operation.ts';
import { quotedText } from '#operations/quoted-text.ts';
import { similarJson, similarText } from '#present/words/similar-incidents.ts';

export const findSimilarOperation = defineOperation({
  name: 'find_similar',
  title: 'Find similar incidents',
  description:
    'Finds earlier incidents with a similar diagnosis, and what ended them: the fix, the action items, the postmortem. Begin here if you want to know whether this happened before.',
  asksSystems: false,
  route: { method: 'GET', path: '/incidents/{incident}/similar' },
  scope: 'read',
  input: { incident: IncidentArgument },
  facts: { headline: z.string(), incident: z.string() },
  lists: {
    similar: z.looseObject({
      incident: z.string(),
      title: z.string(),
      severity: z.string(),
      status: z.string(),
      declaredAt: z.string(),
      verdict: z.string(),
      score: z.number().describe('0 to 1'),
      ended: z.array(z.looseObject({ status: z.string(), text: z.string(), at: z.string() })),
    }),
  },
  async answer({ incident: named }, { parts }) {
    const { incident, similar } = await parts.findSimilar(named);
    const name = incidentName(incident);
    const [first] = similar ?? [];
    const headline =
      similar === undefined
        ? `${name} has no diagnosis to compare with others.`
        : first === undefined
          ? `No incident is similar to ${name}.`
          : `${counted(similar.length, 'incident')} ${similar.length === 1 ? 'is' : 'are'} similar to ${name}; read ${first.name} first.`;
    return {
      head: [headline],
      lines: quotedText(similarText(similar ?? [])),
      facts: { headline, incident: name },
      items: similarJson(similar ?? []).map((item) => ({ list: 'similar', item })),
    };
  },
});
