import { otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const REGIONS = [
  { region: 'US-East', failing: 2 },
  { region: 'EU-West', failing: 45 },
  { region: 'APAC', failing: 3 },
];

const requests = REGIONS.flatMap(({ region, failing }, group) =>
  times(100, (n) =>
    requestAt(
      n * 3 + group,
      server('payment', 'POST /payments', {
        ms: 80,
        failed: (n * 37) % 100 < failing,
        attributes: { 'cloud.region': region },
      }),
    ),
  ),
);

export const example: DetectorExample = {
  shows: 'One payment in six fails. By region, nearly half of the payments of EU-West fail and hardly any others.',
  window: timeOf(requests, 'payment'),
  bodies: [{ kind: 'trace', text: otlpBody(requests) }],
  excerpt: REGIONS.map(
    ({ region, failing }) => `cloud.region ${region.padEnd(8)} ${String(failing).padStart(2)} of 100 fail`,
  ).join('\n'),
};
