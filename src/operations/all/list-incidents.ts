/** The declared incidents. */
import { z } from 'zod';
import { isOver } from '#model/incident/incident.ts';
import { counted } from '#model/text/count-text.ts';
import { defineOperation } from '#operations/operation.ts';
import { quotedText } from '#operations/quoted-text.ts';
import { incidentJson } from '#present/json/incident-json.ts';
import { shown } from '#present/words/plain-text.ts';

export const listIncidentsOperation = defineOperation({
  name: 'list_incidents',
  title: 'List incidents',
  description: 'Lists the declared incidents, newest first, with their severity, status, times and metrics.',
  asksSystems: false,
  route: { method: 'GET', path: '/incidents' },
  scope: 'read',
  input: {
    status: z
      .enum(['open', 'all'], 'must be open or all')
      .default('all')
      .describe('open: without those that are resolved or merged.'),
  },
  facts: { headline: z.string(), total: z.int() },
  lists: {
    incidents: z.looseObject({
      incident: z.string(),
      title: z.string(),
      severity: z.string(),
      status: z.string(),
      declaredAt: z.string(),
      resolvedAt: z.string().nullable(),
    }),
  },
  async answer({ status }, { parts }) {
    const all = await parts.listIncidents();
    const open = all.filter(({ incident }) => !isOver(incident)).length;
    const listed = all
      .filter(({ incident }) => status === 'all' || !isOver(incident))
      .map(incidentJson)
      .map((one) => ({ ...one, title: shown(one.title), detection: shown(one.detection) }));
    const headline =
      status === 'open'
        ? `${counted(open, 'incident')} ${open === 1 ? 'is' : 'are'} open.`
        : `${counted(listed.length, 'incident')}, ${open === 0 ? 'none' : open} of them open.`;
    return {
      head: [headline],
      lines: quotedText(
        listed
          .map((one) => `${one.incident}  ${one.severity}  ${one.status}  ${one.declaredAt}  ${one.title}`)
          .join('\n'),
      ),
      facts: { headline, total: listed.length },
      items: listed.map((item) => ({ list: 'incidents', item })),
    };
  },
});
