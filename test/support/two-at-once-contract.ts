/**
 * On each database, two people change one incident at the same moment, each in a process of their own: both saw it as it was before, and the record takes them in one order
 * or the other. Whoever is first wins, the other learns why, and the record is one that a single person could have made.
 */
import { describe, expect, test } from 'vitest';
import type { Incident, Severity } from '#model/incident/incident.ts';
import { callValue, pagesOf } from '#model/incident/page.ts';
import { findIncident } from '#record/find-incidents.ts';
import { declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { mergedInto, wholeTimeline } from '#record/merges.ts';
import type { Store, Tx } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { later } from '#test/later.ts';
import { onCallDesk } from '#test/on-call-desk.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';
import { incidentChanger } from '#workflows/incidents/change-incident.ts';
import { incidentMerger } from '#workflows/incidents/merge-incidents.ts';
import type { AskedBy, Told } from '#workflows/incidents/on-incident.ts';
import { pager } from '#workflows/pagers/page-people.ts';
import { entryCorrector } from '#workflows/timeline/correct-entry.ts';
import { followMessage } from '#workflows/timeline/follow-message.ts';

const [KIM, ANA] = ['U00000KIM1', 'U00000ANA1'];
const [ONE, TWO] = ['in-1', 'in-2'];
const MESSAGE = { channelId: 'C1', ts: '1767709800.000100' };
const MERGED = /INC-2 is merged into INC-1\./;
const MESSAGE_KEY = `message:${MESSAGE.channelId}:${MESSAGE.ts}`;

type Actions = ReturnType<typeof actions>;
type Act = (person: Actions, asked: AskedBy) => Promise<Told | undefined>;
/** Undefined: it has no answer. */
type Answers = readonly [first: RegExp | undefined, second: RegExp | undefined];

let store: Store;
let other: Store;

/** Two incidents with an entry each, and a page. */
async function open(place: Place): Promise<void> {
  const clock = steppedClock();
  store = await opened(place, clock);
  other = await opened(place, clock);
  await store.transaction(async (tx) => {
    await declareIncident(tx, { ...LOGINS_TIME_OUT, id: ONE });
    await declareIncident(tx, { ...LOGINS_TIME_OUT, id: TWO, title: 'Checkout is slow' });
    const of = { atUs: tx.nowUs, source: KIM, link: '' };
    await addEntry(tx, { ...of, incidentId: ONE, key: 'note', kind: 'note', text: 'half is back' });
    await addEntry(tx, { ...of, incidentId: TWO, key: MESSAGE_KEY, kind: 'message', text: 'marked' });
    await addEntry(tx, {
      ...of,
      incidentId: ONE,
      key: 'page',
      kind: 'message',
      text: 'Paged',
      value: callValue('p', KIM),
    });
  });
}

/** What each person can do in a process with this store. Nobody writes before `turn`. */
function actions(own: Store, turn: () => Promise<void>) {
  const parts = {
    store: {
      ...own,
      transaction: async <T>(run: (tx: Tx) => Promise<T>) => await turn().then(() => own.transaction(run)),
    },
    ...{ jobs: tableJobs, kick: () => undefined, pagers: [], team: [], looksAfterEnd: false },
    directory: { person: async (userId: string) => ({ name: userId, zone: undefined }), permalink: async () => '' },
    minutes: { P0: 15, P1: 30, P2: 60, P3: 0 },
    calls: { minutes: 0, onCall: [], onCallByChannel: [] },
    pages: { minutes: 5, onCall: [] },
    channel: { severities: [], name: 'inc-{number}', archiveDays: 0, invite: [] },
    desk: onCallDesk({ clock: steppedClock(), sources: [], people: [] }),
    askRight: async () => ({ kind: 'may' as const }),
    mayRead: async () => true,
    mayShowIn: async () => true,
  };
  return {
    ...incidentChanger(parts),
    ...entryCorrector(parts),
    ...incidentMerger(parts),
    ...pager(parts),
    follow: followMessage({ ...parts, look: async () => ({ kind: 'gone' as const }) }),
  };
}

function by(userId: string): AskedBy {
  return { inboxId: `by-${userId}`, workspaceId: 'T1', userId, userName: userId, channelId: 'C1', responseUrl: '' };
}

/** Both have read the record before the first one writes. Kim is first. */
async function atOnce(kim: Act, ana: Act): Promise<readonly (string | undefined)[]> {
  const [anaHasRead, kimIsDone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = kim(
    actions(store, () => anaHasRead.promise),
    by(KIM),
  ).finally(() => kimIsDone.resolve());
  const waits = async () => {
    anaHasRead.resolve();
    await kimIsDone.promise;
  };
  const told = await Promise.all([first, ana(actions(other, waits), by(ANA))]);
  return told.map((one) => one?.text);
}

const now = async (id: string): Promise<Incident> => {
  const incident = await findIncident(store, { workspaceId: 'T1', id });
  if (incident === undefined) throw new Error(`no ${id}`);
  return incident;
};
const texts = async (id: string) => (await wholeTimeline(store, await now(id))).map(({ text }) => text);
const values = async (id: string) =>
  (await timelineOf(store, id)).map(({ value }) => value).filter((value) => value !== '');
const noteId = async () => (await timelineOf(store, ONE)).find(({ kind }) => kind === 'note')?.id ?? '';
const rootOf = async (id: string) => (await mergedInto(store, await now(id)))?.id;

const close: (id: string) => Act = (incidentId) => (person, asked) =>
  person.setStatus({ asked, meant: { incidentId }, status: 'resolved', text: `closed by ${asked.userId}` });
const lead: Act = (person, asked) => person.assignRole({ asked, meant: { incidentId: ONE }, role: 'commander' });
const toSeverity: (severity: Severity) => Act = (severity) => (person, asked) =>
  person.setSeverity({ asked, meant: { incidentId: ONE }, severity });
const correct: (text: string) => Act = (text) => async (person, asked) =>
  await person.correctEntry({ asked, incidentId: ONE, entryId: await noteId(), text, isWithdrawn: false });
const withdraw: Act = async (person, asked) =>
  await person.correctEntry({ asked, incidentId: ONE, entryId: await noteId(), text: '', isWithdrawn: true });
const merge: (incidentId: string, otherId: string) => Act = (incidentId, otherId) => (person, asked) =>
  person.merge({ asked, incidentId, otherId });
const retract: Act = async (person, { inboxId, workspaceId, userId }) => {
  const payload = { inboxId, workspaceId, ...MESSAGE, what: 'unmarked', userId };
  const key = `${MESSAGE_KEY}/unmarked/${userId}/${inboxId}`;
  await person.follow({ workspaceId, key, payload } as unknown as Job, later());
  return undefined;
};
const have: Act = (person, asked) => person.havePage({ asked, incidentId: ONE, pageId: 'p' });
const stop: Act = (person, asked) => person.stopPage({ asked, incidentId: ONE, pageId: 'p' });

/** What stands in the record in the end. Kim is first. */
const PAIRS: readonly Readonly<{
  what: string;
  kim: Act;
  ana: Act;
  answers: Answers;
  proof: () => Promise<unknown>;
  stands: unknown;
}>[] = [
  {
    what: 'both close it',
    kim: close(ONE),
    ana: close(ONE),
    answers: [/INC-1: resolved\./, /INC-1 was resolved already\. Nothing was changed\./],
    proof: async () => [(await now(ONE)).status, (await texts(ONE)).filter((text) => text.includes('closed by'))],
    stands: ['resolved', [expect.stringContaining(KIM)]],
  },
  {
    what: 'both take command',
    kim: lead,
    ana: lead,
    answers: [
      /You are incident commander of INC-1 now/i,
      new RegExp(`<@${KIM}> is .*incident commander of INC-1`, 'i'),
    ],
    proof: async () => [
      (await now(ONE)).roles.commander,
      (await values(ONE)).filter((value) => value.startsWith('comm')),
    ],
    stands: [KIM, [`commander=${KIM}`]],
  },
  {
    what: 'one raises the severity, the other lowers it',
    kim: toSeverity('P0'),
    ana: toSeverity('P3'),
    answers: [/INC-1: P1 → P0/, /INC-1: P0 → P3/],
    proof: async () => [(await now(ONE)).severity, (await texts(ONE)).filter((text) => text.includes('→'))],
    stands: ['P3', ['P1 → P0', 'P0 → P3']],
  },
  {
    what: 'one lowers the severity, the other raises it',
    kim: toSeverity('P3'),
    ana: toSeverity('P0'),
    answers: [/INC-1: P1 → P3/, /INC-1: P3 → P0/],
    proof: async () => [(await now(ONE)).severity, (await texts(ONE)).filter((text) => text.includes('→'))],
    stands: ['P0', ['P1 → P3', 'P3 → P0']],
  },
  {
    what: 'one corrects an entry, the other withdraws it',
    kim: correct('all is back'),
    ana: withdraw,
    answers: [/Corrected in INC-1/, /The entry is withdrawn/],
    proof: async () => (await texts(ONE)).filter((text) => text.includes('back')),
    stands: [],
  },
  {
    what: 'one withdraws an entry, the other corrects it',
    kim: withdraw,
    ana: correct('all is back'),
    answers: [/The entry is withdrawn/, /Nothing was changed/],
    proof: async () => (await texts(ONE)).filter((text) => text.includes('back')),
    stands: [],
  },
  {
    what: 'both withdraw an entry',
    kim: withdraw,
    ana: withdraw,
    answers: [/The entry is withdrawn/, /Nothing was changed/],
    proof: async () => (await texts(ONE)).filter((text) => text.includes('back')),
    stands: [],
  },
  {
    what: 'both correct an entry',
    kim: correct('all is back'),
    ana: correct('nothing is back'),
    answers: [/Corrected in INC-1/, /Corrected in INC-1/],
    proof: async () => (await texts(ONE)).filter((text) => text.includes('back')),
    stands: ['nothing is back'],
  },
  ...[
    {
      what: 'one takes a mark off a message, the other merges its incident',
      kim: retract,
      ana: merge(ONE, TWO),
      answers: [undefined, MERGED] as const,
    },
    {
      what: 'one merges the incident of a message, the other takes its mark off',
      kim: merge(ONE, TWO),
      ana: retract,
      answers: [MERGED, undefined] as const,
    },
  ].map((pair) => ({
    ...pair,
    proof: async () => [
      await rootOf(TWO),
      (await texts(ONE)).includes('marked'),
      (await texts(TWO)).includes('marked'),
    ],
    stands: [ONE, false, false],
  })),
  {
    what: 'one closes an incident, the other merges it',
    kim: close(TWO),
    ana: merge(ONE, TWO),
    answers: [/INC-2: resolved/, /INC-2 is resolved and keeps its own times/],
    proof: async () => [(await now(TWO)).status, await rootOf(TWO)],
    stands: ['resolved', undefined],
  },
  {
    what: 'one merges an incident, the other closes it',
    kim: merge(ONE, TWO),
    ana: close(TWO),
    answers: [MERGED, /INC-2 is merged into INC-1\. Change INC-1/],
    proof: async () => [(await now(TWO)).status, (await now(ONE)).status, await rootOf(TWO)],
    stands: ['merged', 'investigating', ONE],
  },
  {
    what: 'one closes an incident, the other merges one into it',
    kim: close(ONE),
    ana: merge(ONE, TWO),
    answers: [/INC-1: resolved/, /INC-1 is resolved\. To merge INC-2 into it, reopen it first/],
    proof: async () => [(await now(TWO)).status, await rootOf(TWO)],
    stands: ['investigating', undefined],
  },
  {
    what: 'both merge the two, each into the other',
    kim: merge(ONE, TWO),
    ana: merge(TWO, ONE),
    answers: [MERGED, /INC-2 is merged into INC-1 already, by somebody else/],
    proof: async () => [await rootOf(ONE), await rootOf(TWO)],
    stands: [undefined, ONE],
  },
  {
    what: 'one has a page, the other stops it',
    kim: have,
    ana: stop,
    answers: [/You have INC-1/, /This page has ended already/],
    proof: async () =>
      pagesOf(await timelineOf(store, ONE)).map(({ acknowledged, isEnded }) => [acknowledged?.by, isEnded]),
    stands: [[KIM, false]],
  },
  {
    what: 'both have a page',
    kim: have,
    ana: have,
    answers: [/You have INC-1/, new RegExp(`<@${KIM}> has it already`)],
    proof: async () => pagesOf(await timelineOf(store, ONE)).map(({ acknowledged }) => acknowledged?.by),
    stands: [KIM],
  },
  {
    what: 'one stops a page, the other has it',
    kim: stop,
    ana: have,
    answers: [/The page for INC-1 is stopped/, /You have INC-1/],
    proof: async () =>
      pagesOf(await timelineOf(store, ONE)).map(({ acknowledged, isEnded }) => [acknowledged?.by, isEnded]),
    stands: [[ANA, true]],
  },
];

export function testTwoAtOnce(name: string, newPlace: () => Place): void {
  describe(`two at once on ${name}`, () => {
    test.each(PAIRS)(
      '$what: there is one result, and both people hear of it',
      async ({ kim, ana, answers, proof, stands }) => {
        await open(newPlace());
        const told = await atOnce(kim, ana);
        expect(told).toEqual(
          answers.map((answer) => (answer === undefined ? undefined : expect.stringMatching(answer))),
        );
        expect(await proof()).toEqual(stands);
        expect(await verifyTimelines(store)).toMatchObject({ ok: true });
      },
    );
  });
}
