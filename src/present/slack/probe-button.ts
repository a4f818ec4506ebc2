/** The button that starts a probe of a circuit breaker. Slack asks for confirmation. */
import type { KnownBlock } from '@slack/types';
import { button } from '#present/slack/button.ts';

/** The value of the button. */
export type ProbeButton = Readonly<{ url: string; tripUrl?: string }>;

export function probeButton(probe: ProbeButton): KnownBlock {
  const start = button(
    'tool_probe',
    'Start the probe',
    'Start the probe: asks you to confirm first',
    JSON.stringify(probe),
  );
  return {
    type: 'actions',
    elements: [
      {
        ...start,
        style: 'danger',
        confirm: {
          title: { type: 'plain_text', text: 'Probe the circuit breaker?' },
          text: {
            type: 'plain_text',
            text: 'It sends up to 10 quick requests. They may open the breaker for everybody.',
          },
          confirm: { type: 'plain_text', text: 'Start' },
          deny: { type: 'plain_text', text: 'No' },
        },
      },
    ],
  };
}

export function readProbeButton(value: string | undefined): ProbeButton | undefined {
  try {
    const read: unknown = JSON.parse(value ?? '');
    if (typeof read !== 'object' || read === null || !('url' in read) || typeof read.url !== 'string') return undefined;
    const { url } = read;
    const tripUrl = 'tripUrl' in read ? read.tripUrl : undefined;
    return typeof tripUrl === 'string' ? { url, tripUrl } : { url };
  } catch {
    return undefined; // not JSON, so not our button
  }
}
