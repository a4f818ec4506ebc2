/** The guide's incident over real Jaeger and Loki: the alert without a trace ID, the people, the postmortem. */
import assert from 'node:assert/strict';
import { outageAround } from '#test/outage.ts';
import { type Played, playGuide } from '#test/play-guide.ts';
import type { Context } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { readable, send } from './feed.ts';

export async function checkGuide({ jaeger, loki, check }: Context): Promise<void> {
  let first: Played | undefined;
  const open = async (alertUs: number) => {
    const requests = outageAround(alertUs, drawnHex(8));
    for (const request of requests) await send(request, { jaeger, loki });
    for (const request of requests) await readable(request, { jaeger, loki });
    return { jaegerUrl: jaeger.url, lokiUrl: loki.url, close: async () => undefined };
  };

  await check('the guide’s incident: alert, reply, timeline, metrics, postmortem', async () => {
    first = await playGuide(open);
    assert.match(first.reply.text, /has run out of database connections/);
    assert.match(first.report.diagnosis?.verdict ?? '', /waits .* for a connection/);
    assert.equal(first.report.diagnosis?.kind, 'pool-exhaustion');
    assert.equal(first.timeline.length, 9);
    assert.deepEqual(Object.values(first.metrics), [0, 3, 10, 30]);
    assert.match(first.postmortem, /^# Postmortem of INC-1: Logins fail/);
  });

  await check('the guide’s incident, restarted after every step, ends the same', async () => {
    const again = await playGuide(open, {
      restartAfter: ['alert', 'declare', 'investigate', 'cause', 'workaround', 'fix', 'confirm'],
    });
    assert.deepEqual(told(again), first && told(first));
    const { detectionMinutes: _, ...times } = again.metrics;
    assert.deepEqual(times, { confirmationMinutes: 3, repairMinutes: 10, durationMinutes: 30 });
    const causeOf = ({ report }: Played) => [report.diagnosis?.kind, report.diagnosis?.service];
    assert.deepEqual(causeOf(again), first && causeOf(first));
  });
}

/** Requests of the first play lie before the second: that one has a time to compare with, says since when, and may show another request. */
function told({ timeline }: Played): readonly string[] {
  return timeline
    .filter((entry) => !entry.includes('Trouble began'))
    .map((entry) => entry.replaceAll(/\d+(?:\.\d+)? m?s\b/g, '… s'));
}
