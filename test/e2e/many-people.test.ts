/** Fifty people work in five incidents at once: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { sendToBot } from '#test/slack-side.ts';

const INCIDENTS = [1, 2, 3, 4, 5];
const PEOPLE = Array.from({ length: 50 }, (_, index) => ({
  id: `U0PERSON${String(index).padStart(2, '0')}`,
  number: 1 + (index % INCIDENTS.length),
  word: `finding-${String(index).padStart(2, '0')}`,
}));

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends);
  for (const { id } of PEOPLE) side.slack.proxy.person(id);
});
afterEach(() => side.close());

test('each word stands once in its own incident, each person is answered, and one of ten leads', {
  tags: ['deep'],
}, async () => {
  const declared = await Promise.all(
    PEOPLE.slice(0, INCIDENTS.length).map(({ id }, index) => side.type(`declare P2 Outage ${index}`, { user_id: id })),
  );
  expect(declared.map((answer) => /INC-\d+ is declared/.exec(answer)?.[0]).toSorted()).toEqual(
    INCIDENTS.map((number) => `INC-${number} is declared`),
  );

  const answers = await Promise.all(
    PEOPLE.flatMap(({ id, number, word }) => [
      said(id, `INC-${number} note ${word}`),
      said(id, `INC-${number} role commander`),
    ]),
  );
  expect(answers.filter((answer) => !/INC-\d/.test(answer))).toEqual([]);

  for (const number of INCIDENTS) {
    const incident = await side.incident(number);
    const entries = await timelineOf(side.store(), incident.id);
    const theirs = PEOPLE.filter((person) => person.number === number);
    const notes = entries.filter(({ kind }) => kind === 'note');
    expect(notes.map(({ text, source }) => `${source} ${text}`).toSorted()).toEqual(
      theirs.map(({ id, word }) => `${id} ${word}`),
    );
    const roles = entries.filter(({ kind }) => kind === 'role');
    expect(theirs.map(({ id }) => id)).toContain(incident.roles.commander);
    expect(roles.at(-1)?.text).toContain(incident.roles.commander);
    const overview = await side.overview(`INC-${number}`, (text) =>
      text.includes(`Incident commander: ${incident.roles.commander}`),
    );
    expect(PEOPLE.filter(({ word, number: own }) => own !== number && shownIn(overview).includes(word))).toEqual([]);
    const times = async () => {
      const lines = (await side.thread(`INC-${number}`)).join('\n');
      return theirs.map(({ word }) => lines.split(word).length - 1);
    };
    expect(await side.soon(async () => ((await times()).includes(0) ? undefined : await times()))).toEqual(
      theirs.map(() => 1),
    );
  }
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

/** Slack delivers each command twice. Gives the answer. */
async function said(user_id: string, text: string): Promise<string> {
  const command = side.slack.command(text, { command: '/incident', user_id });
  const bodies = await Promise.all([sendToBot(side.url(), command), sendToBot(side.url(), command)]);
  const known = bodies.find(({ body }) => body !== '')?.body;
  return known ?? (await side.answerTo(command.response_url));
}
