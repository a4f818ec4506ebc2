/**
 * Merges an incident into another one: two people declared the same outage. The question says first what will happen.
 *
 *   /incident merge INC-2 ──► question with a button ──► [ INC-2 merged · both timelines · a line in both threads ]
 *
 * Both incidents must have the same readers: the timeline of the one shows what was said in the other.
 */
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import type { Change } from '#present/slack/incident-messages.ts';
import { mergeQuestion, rolesOf } from '#present/slack/merge-messages.ts';
import { findIncident } from '#record/find-incidents.ts';
import { mergedInto, mergeIncident, wholeActionItems, wholeTimeline } from '#record/merges.ts';
import type { Reader, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { type CommanderCalls, endCall } from '#workflows/commander/call-commander.ts';
import { overviewUrl } from '#workflows/incidents/incident-thread.ts';
import {
  type AskedBy,
  alsoSay,
  answered,
  answerReminder,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  showTo,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { endPages } from '#workflows/pagers/page-next.ts';
import { decisionFor, type RightParts, refusedText, withRight } from '#workflows/rights/check-right.ts';
import { askToClosePage } from '#workflows/status/show-status.ts';

export type MergeRequest = Readonly<{
  asked: AskedBy;
  /** The one that stays. */
  meant: Meant;
  /** The number of the one that ends. */
  other: number;
}>;

export type MergeWorkflows = Readonly<{
  /** Shows what a merge would do, with the button for it. */
  askToMerge(request: MergeRequest): Promise<void>;
  merge(request: Readonly<{ asked: AskedBy; incidentId: string; otherId: string }>): Promise<Told>;
  /** By a form, which says first what happens. `other`: the number of the one that ends. */
  mergeNumbered(request: Readonly<{ asked: AskedBy; incidentId: string; other: number }>): Promise<Told>;
}>;

export type MergeOptions = IncidentParts &
  RightParts &
  Readonly<{
    directory: Directory;
    calls: CommanderCalls;
    /** Whether everybody who reads the first channel may read the second. */
    mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  }>;

export function incidentMerger(parts: MergeOptions): MergeWorkflows {
  const { store, directory, kick } = parts;
  return {
    async askToMerge({ asked, meant, other: number }) {
      const [incident, other] = await Promise.all([
        incidentMeant(parts, asked, meant),
        incidentMeant(parts, asked, { channelId: '', number }),
      ]);
      const problem =
        'problem' in incident
          ? incident.problem
          : 'problem' in other
            ? other.problem
            : ((await cannotMerge(store, incident, other)) ??
              (await notSameReaders(parts, incident, other)) ??
              (await mayNotEnd(parts, asked, other)));
      if (problem !== undefined || 'problem' in incident || 'problem' in other) {
        await store.transaction((tx) => answered(tx, asked, { kind: 'refused', text: problem ?? '' }));
        return kick();
      }
      const entries = await wholeTimeline(store, other);
      const items = await wholeActionItems(store, other);
      const openItems = items.filter(({ state }) => state === 'open').length;
      const names = await namesFor(directory, other, []);
      await showTo(parts, asked, mergeQuestion({ incident, other, entries: entries.length, openItems, names }));
    },

    async mergeNumbered({ asked, incidentId, other: number }) {
      const other = await incidentMeant(parts, asked, { channelId: '', number });
      if (!('problem' in other)) return await mergeBoth(parts, { asked, incidentId, otherId: other.id });
      return await onIncident(parts, asked, { incidentId }, async () => ({ answer: other.problem }));
    },

    merge: (request) => mergeBoth(parts, request),
  };
}

async function mergeBoth(
  parts: MergeOptions,
  { asked, incidentId, otherId }: Readonly<{ asked: AskedBy; incidentId: string; otherId: string }>,
): Promise<Told> {
  const { store, directory } = parts;
  const [incident, other] = await Promise.all([
    incidentMeant(parts, asked, { incidentId }),
    incidentMeant(parts, asked, { incidentId: otherId }),
  ]);
  const refused = (answer: string) => onIncident(parts, asked, { incidentId }, async () => ({ answer }));
  if ('problem' in incident || 'problem' in other) return await refused(NO_LONGER_BOTH);
  const problem = await notSameReaders(parts, incident, other);
  if (problem !== undefined) return await refused(problem);
  const [url, otherUrl] = await Promise.all([
    overviewUrl(store, directory.permalink, incident),
    overviewUrl(store, directory.permalink, other),
  ]);
  const change = await withRight(parts, { right: 'close', asked, about: other }, (tx, now) =>
    merging(tx, parts, now, { asked, otherId, url, otherUrl }),
  );
  return await onIncident(parts, asked, { incidentId }, change, [otherId]);
}

/** A merge ends the other one. Asks Slack. */
async function mayNotEnd(parts: MergeOptions, { userId }: AskedBy, incident: Incident): Promise<string | undefined> {
  return refusedText(await decisionFor(parts, { right: 'close', userId, incident }));
}

const NO_LONGER_BOTH = 'I no longer have both incidents, or you may not see one of them. Nothing was changed.';

async function merging(
  tx: Tx,
  { jobs, calls }: MergeOptions,
  incident: Incident,
  { asked, otherId, url, otherUrl }: Readonly<Record<'otherId' | 'url' | 'otherUrl', string> & { asked: AskedBy }>,
): Promise<Outcome> {
  const other = await findIncident(tx, { workspaceId: incident.workspaceId, id: otherId });
  if (other === undefined) return { answer: NO_LONGER_BOTH };
  // Somebody else may have changed one of them since the question.
  const problem = await cannotMerge(tx, incident, other);
  if (problem !== undefined) return { answer: problem };
  const [name, otherName] = [incidentName(incident), incidentName(other)];
  const { inboxId: key, userId: by, userName } = asked;
  const roles = rolesOf(other);
  const text = `${otherName} is merged into this incident: ${other.severity} ${other.title}${roles === '' ? '' : `. Its roles were not taken over: ${roles}`}`;
  const before = await timelineOf(tx, otherId);
  if (!(await mergeIncident(tx, { incident, other, key, by, text, url, otherUrl })))
    return { answer: alreadyIn(name, otherName) };

  const merged = (await findIncident(tx, { workspaceId: other.workspaceId, id: otherId })) ?? other;
  await endCall(tx, other, merged, calls);
  await endPages(tx, merged, by);
  await askToClosePage(tx, merged, key);
  await answerReminder(tx, merged, before);
  const what = `Merged into ${name} ${incident.severity} ${incident.title}. The work goes on there`;
  const said: Change = { what, by: userName, atUs: tx.nowUs, url, isState: true, isForChannel: true };
  await alsoSay(tx, jobs, merged, { said, key });
  return {
    answer: `${otherName} is merged into ${name}. \`/incident split ${otherName}\` splits it off again.`,
    said: {
      what: `${otherName} is merged into this incident`,
      by: userName,
      atUs: tx.nowUs,
      url: otherUrl,
      isState: true,
    },
  };
}

/** Why this pair cannot be merged; undefined if it can. */
async function cannotMerge(reader: Reader, incident: Incident, other: Incident): Promise<string | undefined> {
  const [name, otherName] = [incidentName(incident), incidentName(other)];
  if (incident.id === other.id) return `${name} cannot be merged into itself. Name the other incident.`;
  const [into, otherInto] = [await mergedInto(reader, incident), await mergedInto(reader, other)];
  if (otherInto?.id === incident.id) return alreadyIn(name, otherName);
  if (otherInto !== undefined) {
    return `${otherName} is merged into ${incidentName(otherInto)} already. Nothing was changed.`;
  }
  if (into !== undefined) {
    const intoName = incidentName(into);
    return into.id === other.id
      ? `${name} is merged into ${otherName} already, by somebody else. Nothing was changed.`
      : `${name} is merged into ${intoName}, so it takes in no other one. Type \`/incident ${intoName} merge ${otherName}\`.`;
  }
  if (isOver(incident)) {
    return `${name} is resolved. To merge ${otherName} into it, reopen it first: \`/incident ${name} reopen\`.`;
  }
  if (isOver(other)) {
    return `${otherName} is resolved and keeps its own times. To show that they belong together: \`/incident ${name} link ${otherName}\`.`;
  }
  return undefined;
}

function alreadyIn(name: string, otherName: string): string {
  return `${otherName} is merged into ${name} already. Nothing was changed.`;
}

/** A merge would show the words of the one to the readers of the other. Asks Slack. */
async function notSameReaders(
  { mayShowIn }: MergeOptions,
  { channelId, ...incident }: Incident,
  { channelId: otherChannelId, ...other }: Incident,
): Promise<string | undefined> {
  const [here, there] = await Promise.all([mayShowIn(channelId, otherChannelId), mayShowIn(otherChannelId, channelId)]);
  if (here && there) return undefined;
  const [name, otherName] = [incidentName(incident), incidentName(other)];
  return `${name} and ${otherName} do not have the same readers: one of them is in a private or shared channel. A merge would show its words to others, so nothing was changed. \`/incident ${name} link ${otherName}\` relates them and shows nothing to people who may not see it.`;
}
