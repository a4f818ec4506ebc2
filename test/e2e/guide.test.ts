/** The guide's incident from the alert to the postmortem: real Bolt over HTTP, a stateful Slack, recorded Jaeger and Loki. */
import { beforeAll, describe, expect, test } from 'vitest';
import { inGate } from '#test/in-gate.ts';
import { openOutageBackends } from '#test/outage-backends.ts';
import { type Played, playGuide, STEPS } from '#test/play-guide.ts';

let played: Played;
beforeAll(async () => {
  played = await playGuide(openOutageBackends);
});

describe('the guide’s incident', () => {
  test('the reply names the pool and the missing index, and how its traces were chosen', () => {
    expect(played.reply.text).toMatch(/^POST \/login fails: `user-service` has run out of database connections/);
    expect(JSON.stringify(played.reply.blocks)).toMatch(/missing index/);
    expect(played.reply.blocks?.some(({ type }) => type === 'image')).toBe(true);
    expect(played.report).toMatchObject({
      subject: { kind: 'alert', service: 'user-service' },
      diagnosis: { kind: 'pool-exhaustion', service: 'user-service' },
    });
    const roles = played.report.exemplars.map(({ role }) => role);
    expect(roles.filter((role) => role === 'failing')).toHaveLength(3);
    expect(roles.filter((role) => role === 'slow')).toHaveLength(3);
  });

  test('the timeline has what happened, when it happened', () => {
    expect(played.timeline).toEqual([
      expect.stringMatching(/^\+-1 min finding Trouble began at the latest/),
      expect.stringMatching(/^\+-?0 min note Impact began/),
      expect.stringMatching(/^\+0 min alert .*Error rate above 5 % on user-service/),
      expect.stringMatching(/^\+0 min diagnosis .*pool/),
      expect.stringMatching(/^\+0.25 min status Declared P1/),
      expect.stringMatching(/^\+0.25 min role /),
      expect.stringMatching(/^\+1 min note Investigation started/),
      expect.stringMatching(/^\+3 min status .*identified.*no index/),
      expect.stringMatching(/^\+5 min status .*mitigated.*scaled up/),
      expect.stringMatching(/^\+10 min status .*fixed.*Index on users\.email added/),
      expect.stringMatching(/^\+30 min status .*resolved.*Error rate 0 %/),
    ]);
  });

  test('the metrics are 0, 3, 10 and 30 minutes', () => {
    expect(played.metrics).toEqual({
      detectionMinutes: 0,
      confirmationMinutes: 3,
      repairMinutes: 10,
      durationMinutes: 30,
    });
  });

  test('the whys go down the services, each once, and say no fact twice', () => {
    const whys = [...played.postmortem.matchAll(/^- Why \d: (.+?)\.? \(/gm)].map(([, said]) => said);
    expect(whys).toEqual([
      expect.stringMatching(/^user-service: POST \/sessions failed with 503/),
      expect.stringMatching(/^The connection pool of user-service is exhausted/),
    ]);
  });

  test('the postmortem has every section of the guide’s template', () => {
    for (const heading of [
      'What happened',
      'Why did it happen',
      'Why wasn’t it caught earlier',
      'What went well',
      'What could improve',
      'Action items',
      'Timeline',
    ]) {
      expect(played.postmortem.replaceAll("'", '’').toLowerCase()).toMatch(
        new RegExp(`^#+ .*${heading.toLowerCase()}`, 'm'),
      );
    }
  });

  const { gate, deep } = inGate(STEPS.slice(0, -1), 8);
  const RESTARTED = 'restarted after the step "%s", it ends the same';
  test.each(gate)(RESTARTED, endsTheSame);
  test.each(deep)(RESTARTED, { tags: ['deep'] }, endsTheSame);
});

async function endsTheSame(step: (typeof STEPS)[number]): Promise<void> {
  const again = await playGuide(openOutageBackends, { restartAfter: [step] });
  expect(again.timeline).toEqual(played.timeline);
  expect(again.metrics).toEqual(played.metrics);
  expect(again.report.diagnosis).toEqual(played.report.diagnosis);
  expect(sentences(again.postmortem)).toEqual(sentences(played.postmortem));
}

/** Without what differs from one run to the next: ids, the day and time at which it was played, and how long that took. */
function sentences(markdown: string): string {
  return markdown
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '<id>')
    .replace(/\b[0-9a-f]{64}\b/g, '<sum>')
    .replace(/\blog \d{19}\b/g, 'log <time>')
    .replace(/https?:\/\/\S+/g, '<link>')
    .replace(/\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: UTC|Z)?)?/g, '<time>')
    .replace(/\b\d\d:\d\d(?::\d\d)?\b/g, '<time>')
    .replace(/\| \+\d+(?:\.\d+)? s \|/g, '| <seconds> |');
}
