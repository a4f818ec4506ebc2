import { otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { call, server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const order = (at: number, failed: boolean) =>
  requestAt(
    at,
    server('shop', 'POST /orders', { ms: 60, failed }, [
      call('shop', 'payment', 'POST /charge', { at: 10, ms: 40, failed }, [
        server('payment', 'POST /charge', { at: 12, ms: 36, failed }),
      ]),
    ]),
  );

const requests = times(420, (n) => order(n, n >= 60 && n % 8 === 0));

export const example: DetectorExample = {
  shows: 'From 14:31 one order in eight fails, for six minutes. The failures begin where the card is charged.',
  window: timeOf(requests, 'shop'),
  bodies: [{ kind: 'trace', text: otlpBody(requests) }],
  excerpt: `minute          14:30  14:31  14:32  14:33  14:34  14:35  14:36
requests           60     60     60     60     60     60     60
failed              0      7      8      7      8      7      8`,
};
