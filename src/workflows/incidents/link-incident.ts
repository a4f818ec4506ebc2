/**
 * Links an incident to a page, or relates two incidents. A relation is an entry in the timeline of each: where some
 * readers of the one may not see the other, that timeline gets none.
 */
import { sha256 } from '#core/sha256.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { hostOf, LINK, labelOfAddress, relatedValue } from '#model/incident/incident-link.ts';
import type { Change } from '#present/slack/incident-messages.ts';
import { findIncident, openIncidents } from '#record/find-incidents.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry, editEntry } from '#record/timeline.ts';
import { incidentOfThread, overviewUrl } from '#workflows/incidents/incident-thread.ts';
import {
  type AskedBy,
  alsoSay,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  SLACK_DID_NOT_SAY,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

/** A page, or an incident: by its number, or the one of a channel. `isRedacted`: credentials were left out of the address. */
export type LinkTarget = Readonly<{ url: string; isRedacted: boolean } | { number: number } | { channelId: string }>;

export type LinkRequest = Readonly<{
  asked: AskedBy;
  meant: Meant;
  target: LinkTarget;
  /** What it shows; '' without words. */
  label: string;
}>;

export type LinkIncident = (request: LinkRequest) => Promise<Told>;

export type LinkOptions = IncidentParts &
  Readonly<{
    directory: Pick<Directory, 'permalink'>;
    /** Whether everybody who reads the first channel may read the second. */
    mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  }>;

export function incidentLinker(parts: LinkOptions): LinkIncident {
  return async (request) => {
    const { asked, meant, target, label } = request;
    const found = await otherMeant(parts, asked, target);
    if (found === undefined && 'url' in target) {
      return await onIncident(parts, asked, meant, (tx, incident) =>
        addLink(tx, incident, { asked, ...target, label }),
      );
    }
    if (found === undefined || 'problem' in found) {
      const answer = found?.problem ?? SLACK_DID_NOT_SAY;
      return await onIncident(parts, asked, meant, async () => ({ answer, about: 'link' }));
    }
    return await relate(parts, request, found);
  };
}

async function addLink(
  tx: Tx,
  incident: Incident,
  { asked, url, isRedacted, label }: Readonly<{ asked: AskedBy; url: string; isRedacted: boolean; label: string }>,
): Promise<Outcome> {
  const { id: incidentId } = incident;
  const name = incidentName(incident);
  const text = label === '' ? labelOfAddress(url) : label;
  const key = `link:${sha256(url).slice(0, KEY_DIGITS)}`;
  const entry = { incidentId, key, atUs: tx.nowUs, kind: 'message', text, source: asked.userId } as const;
  if (!(await addEntry(tx, { ...entry, link: url, value: LINK }))) {
    return {
      answer: `${name} has this link already. To change its words: \`/incident ${name} edit\`.`,
      about: 'link',
    };
  }
  // One that was withdrawn comes back with the words of now.
  await editEntry(tx, { incidentId, key, text, by: asked.userId });
  const host = label === '' ? '' : ` (${hostOf(url)})`;
  return {
    answer: `${name} has the link now.${isRedacted ? LEFT_OUT : ''}`,
    said: { what: `Link: ${text}${host}`, by: asked.userName, atUs: tx.nowUs, url },
  };
}

const KEY_DIGITS = 32;
const LEFT_OUT = ' I left out what looks like a secret in its address: a user, a password, a token, an email address.';

/**
 * The incident that a number, a channel or a permalink names, if this person may see it. Undefined for a page. Of another
 * one the answer says what it says of one that does not exist.
 */
async function otherMeant(
  parts: LinkOptions,
  asked: AskedBy,
  target: LinkTarget,
): Promise<Incident | Readonly<{ problem: string }> | undefined> {
  const { store, mayRead } = parts;
  const { workspaceId } = asked;
  if ('number' in target) return await incidentMeant(parts, asked, { channelId: '', number: target.number });
  if ('url' in target) {
    const incident = await incidentAt(store, workspaceId, target.url);
    const may = incident !== undefined && (await mayRead(asked, incident.channelId));
    return may === undefined ? { problem: SLACK_DID_NOT_SAY } : may ? incident : undefined;
  }
  const may = await mayRead(asked, target.channelId);
  if (may === undefined) return { problem: SLACK_DID_NOT_SAY };
  const open = may ? await openIncidents(store, { workspaceId, channelId: target.channelId }) : [];
  const [only, ...others] = open;
  if (only === undefined)
    return { problem: 'No incident is open in that channel. Name the one you mean: `/incident link INC-4`.' };
  if (others.length === 0) return only;
  const names = open.map(incidentName).sort().join(', ');
  return {
    problem: `${names} are open in that channel. Name the one you mean: \`/incident link ${incidentName(only)}\`.`,
  };
}

const PERMALINK =
  /^https:\/\/[\w.-]{1,100}\.slack\.com\/archives\/(?<channelId>[A-Z0-9]{1,30})\/p(?<seconds>\d{4,20})(?<micros>\d{6})(?:\?thread_ts=(?<threadTs>\d{4,20}\.\d{6}))?(?:$|[?&#])/;

/** The incident whose overview is at this permalink, or the thread of its overview. */
async function incidentAt(reader: Reader, workspaceId: string, url: string): Promise<Incident | undefined> {
  const { channelId, seconds, micros, threadTs } = PERMALINK.exec(url)?.groups ?? {};
  if (channelId === undefined) return undefined;
  const ts = threadTs ?? `${seconds}.${micros}`;
  const id = await incidentOfThread(reader, { workspaceId, channelId, threadTs: ts });
  return id === undefined ? undefined : await findIncident(reader, { workspaceId, id });
}

/** One of two related incidents, and the other as its readers may see it. `url`: its overview; '' where it has none. */
type Side = Readonly<{ incident: Incident; other: Incident; url: string }>;

async function relate(parts: LinkOptions, { asked, meant, label }: LinkRequest, other: Incident): Promise<Told> {
  const incident = await incidentMeant(parts, asked, meant);
  const problem = 'problem' in incident ? incident.problem : unrelatable(incident, other);
  const sides = 'problem' in incident || problem !== undefined ? [] : await sidesOf(parts, incident, other);
  const [first, second] = sides;
  if ('problem' in incident || first === undefined) {
    const answer = problem ?? NEITHER_SHOWS;
    return await onIncident(parts, asked, meant, async () => ({ answer, about: 'link' }));
  }
  const said = (side: Side, { nowUs }: Tx): Change => ({
    what: textOf(side, label),
    by: asked.userName,
    atUs: nowUs,
    url: side.url,
  });
  // People read the change where it is shown.
  return await onIncident(
    parts,
    asked,
    { incidentId: first.incident.id },
    async (tx) => {
      const [name, otherName] = [incidentName(incident), incidentName(other)];
      const isNew = await addSides(tx, sides, { by: asked.userId, label });
      if (!isNew) return { answer: `${name} and ${otherName} are related already.`, about: 'link' };
      if (second !== undefined)
        await alsoSay(tx, parts.jobs, second.incident, { said: said(second, tx), key: asked.inboxId });
      return {
        answer: `${name} and ${otherName} are related now.${second === undefined ? onlyOneShows(first) : ''}`,
        said: said(first, tx),
      };
    },
    sides.map((side) => side.incident.id),
  );
}

function unrelatable(incident: Incident, other: Incident): string | undefined {
  return incident.id === other.id ? `${incidentName(incident)} is this incident. Name another one.` : undefined;
}

/** Those whose readers may all see the other one. Asks Slack. */
async function sidesOf(
  { store, directory, mayShowIn }: LinkOptions,
  incident: Incident,
  other: Incident,
): Promise<readonly Side[]> {
  const sides = [
    { incident, other },
    { incident: other, other: incident },
  ];
  const shown = await Promise.all(sides.map((side) => mayShowIn(side.incident.channelId, side.other.channelId)));
  return await Promise.all(
    sides
      .filter((_, at) => shown[at])
      .map(async (side) => ({ ...side, url: await overviewUrl(store, directory.permalink, side.other) })),
  );
}

/** False if all timelines have it already. */
async function addSides(
  tx: Tx,
  sides: readonly Side[],
  { by, label }: Readonly<{ by: string; label: string }>,
): Promise<boolean> {
  const added: boolean[] = [];
  for (const side of sides) {
    const { incident, other, url } = side;
    const text = textOf(side, label);
    const key = relatedValue(other.id);
    const entry = { incidentId: incident.id, key, atUs: tx.nowUs, kind: 'message', text, source: by } as const;
    const isNew = await addEntry(tx, { ...entry, link: url, value: key });
    if (isNew) await editEntry(tx, { incidentId: incident.id, key, text, by });
    added.push(isNew);
  }
  return added.includes(true);
}

function textOf({ other }: Side, label: string): string {
  return `Related to ${incidentName(other)}${label === '' ? '' : `: ${label}`}`;
}

function onlyOneShows({ incident, other }: Side): string {
  const [name, otherName] = [incidentName(incident), incidentName(other)];
  return ` Only ${name} shows it, because some readers of ${otherName} may not see ${name}.`;
}

const NEITHER_SHOWS =
  'Some readers of each of the two incidents may not see the other one. So neither can name the other, and nothing was changed.';
