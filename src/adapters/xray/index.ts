import { awsEndpoint } from '#adapters/aws-endpoint.ts';
import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const xray = defineSystem({
  id: 'xray',
  title: 'AWS X-Ray',
  docs: 'xray.md',
  checked: 'documented',
  settings,
  errors: { address: 'XRAY_REGION', credentials: 'the credentials of AWS and their rights' },
  evidence: {
    kinds: ['traces'],
    setup: { set: 'XRAY_REGION', purpose: 'to read traces from it' },
    place: ({ xray }) => xray && placeAt('X-Ray', xray.url ?? awsEndpoint('xray', xray.region)),
    async open({ xray: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { xrayTraces } = await import('./client.ts');
      const { region, url = awsEndpoint('xray', region) } = settings;
      return { traces: xrayTraces({ url, region, timeoutMs, maxBytes, errors }) };
    },
  },
});
