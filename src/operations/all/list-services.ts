/** The services that the sources know. */
import { z } from 'zod';
import type { CataloguedService } from '#model/services/catalogue.ts';
import { ownerName } from '#model/services/owned-service.ts';
import { counted } from '#model/text/count-text.ts';
import { defineOperation, ServiceArgument } from '#operations/operation.ts';
import { quotedText } from '#operations/quoted-text.ts';

export const listServicesOperation = defineOperation({
  name: 'list_services',
  title: 'List services',
  description:
    'Lists the services that the sources know, their other names, owners, tiers, runbooks, and where the sources contradict each other. Take it to find the name that investigate needs.',
  asksSystems: true,
  route: { method: 'GET', path: '/services' },
  scope: 'read',
  input: {
    name: ServiceArgument.optional().describe('One service, by any of its names. Default: all.'),
  },
  facts: { headline: z.string(), total: z.int() },
  lists: {
    services: z.looseObject({
      name: z.string(),
      hasTraces: z.boolean(),
      facts: z.array(z.looseObject({ kind: z.string(), value: z.string() })),
    }),
    contradictions: z.looseObject({ subject: z.string(), about: z.string() }),
    notRead: z.looseObject({ problem: z.string() }),
  },
  async answer({ name }, { parts }) {
    const { services, contradictions, notRead } = await parts.listServices(name);
    const doubts = contradictions.length === 0 ? '' : ` ${counted(contradictions.length, 'contradiction')}.`;
    const failed = notRead.length === 0 ? '' : ` ${counted(notRead.length, 'source')} could not be read.`;
    const headline = `${counted(services.length, 'service')}.${doubts}${failed}`;
    return {
      head: [headline],
      lines: quotedText(services.map(lineOf).join('\n')),
      facts: { headline, total: services.length },
      items: [
        ...services.map((item) => ({ list: 'services', item })),
        ...contradictions.map((item) => ({ list: 'contradictions', item })),
        ...notRead.map((problem) => ({ list: 'notRead', item: { problem } })),
      ],
    };
  },
});

/** `payments  sends traces  owner: team-pay, tier: 1` */
function lineOf({ name, hasTraces, facts }: CataloguedService): string {
  const known = facts
    .filter((fact) => fact.value !== name)
    .map(({ kind, value }) => `${kind}: ${kind === 'owner' ? ownerName(value) : value}`);
  return [name, hasTraces ? 'sends traces' : 'sends no traces', known.join(', ')]
    .filter((part) => part !== '')
    .join('  ');
}
