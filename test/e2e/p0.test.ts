/**
 * A P0 of two hours, as `play-p0.ts` plays it: what its record holds, to the second, and what people read meanwhile. The
 * goldens are in `test/fixtures/p0`; `npx vitest run test/e2e/p0.test.ts --update` writes them anew. Read them before you
 * commit them, as somebody who comes late to the channel.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentMetrics } from '#model/incident/incident.ts';
import { timelineJson } from '#present/json/incident-json.ts';
import { wholeTimeline } from '#record/merges.ts';
import { timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { playP0 } from '#test/play-p0.ts';

let played: Awaited<ReturnType<typeof playP0>>;
// Two hours of six people may take longer than a hook has.
beforeAll(async () => {
  played = await playP0();
}, 300_000);
afterAll(() => played?.close());

const DEEP = { tags: ['deep'] };
const golden = (name: string) => `../fixtures/p0/${name}`;

test('the timeline is right to the second, as Markdown and as JSON', DEEP, async () => {
  const { side, names, timeline } = played;
  const entries = await wholeTimeline(side.store(), await side.incident(1));
  const json = timelineJson(entries, new Map(Object.entries(names))).map(({ id: _, link, at, notedAt, ...entry }) => ({
    at: toTheSecond(at),
    ...(toTheSecond(at) === toTheSecond(notedAt) ? {} : { notedAt: toTheSecond(notedAt) }),
    ...entry,
    ...(link === '' ? {} : { link: played.withNames(link) }),
  }));
  await expect(`${JSON.stringify(json, null, 1)}\n`).toMatchFileSnapshot(golden('timeline.json'));
  await expect(timeline).toMatchFileSnapshot(golden('timeline.md'));
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('the metrics follow the milestones that people set', DEEP, async () => {
  const incident = await played.side.incident(1);
  expect(incidentMetrics(incident, await timelineOf(played.side.store(), incident.id))).toEqual({
    detectionMinutes: 4,
    confirmationMinutes: 50,
    repairMinutes: 88,
    durationMinutes: 119,
  });
});

test.each([0, 5, 12, 60, 120])('this is what people read after %i minutes', DEEP, async (minute) => {
  await expect(played.readings.get(minute)).toMatchFileSnapshot(golden(`minute-${minute}.txt`));
});

test('each of them got these direct messages and these answers', DEEP, async () => {
  await expect(played.directs).toMatchFileSnapshot(golden('direct-messages.txt'));
  await expect(played.answers).toMatchFileSnapshot(golden('answers.txt'));
});

test('customers read what the communications lead approved', DEEP, () => {
  expect(played.page.incidents).toMatchObject([
    {
      name: 'Logins and payments fail',
      status: 'resolved',
      incident_updates: [
        { body: 'All is well again. We are sorry.' },
        {
          body: expect.stringMatching(
            /^You can log in and pay again\. We are watching it\.\s+Next update by 16:06 UTC\.$/,
          ),
        },
        { body: expect.stringMatching(/^Some of you cannot log in or pay\..*\s+Next update by 15:27 UTC\.$/) },
      ],
    },
  ]);
});

function toTheSecond(instant: string): string {
  return `${instant.slice(0, 19)}Z`;
}
