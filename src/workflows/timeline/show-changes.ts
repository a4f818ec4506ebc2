/** What changed before an incident and in it: in the service of the cause, and in the services that it depends on. */
import { type Change, changesInOrder, isChangeKind } from '#model/changes/change.ts';
import { type Incident, impactStartEntry, type TimelineEntry } from '#model/incident/incident.ts';
import type { Report } from '#present/json/report.ts';
import { changesMessage, type IncidentChanges, type ListedChange } from '#present/slack/changes-message.ts';
import { changesBetween } from '#record/changes.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { type AskedBy, incidentMeant, type MayRead, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import { factsIn, newestAnswer } from '#workflows/mitigations/offers.ts';
import { reportsOf } from '#workflows/postmortem/read-postmortem.ts';

export type ShowChanges = (request: Readonly<{ asked: AskedBy; meant: Meant }>) => Promise<void>;

/** As for a diagnosis: what was done a day before is rarely the cause. */
const BEFORE_US = 24 * 3_600 * 1_000_000;

/** `readsReported`: whether the changes that systems of the operators reported are this workspace's own. */
export function changesShower(
  parts: Readonly<{ store: Store; mayRead: MayRead; readsReported: boolean; kick(): void }>,
): ShowChanges {
  const { store, readsReported } = parts;
  return async ({ asked, meant }) => {
    const incident = await incidentMeant(parts, asked, meant);
    if ('problem' in incident) return await showTo(parts, asked, { text: incident.problem });
    const message = changesMessage(await readChanges(store, incident, readsReported));
    await showTo(parts, asked, message, { incident, what: 'changes' });
  };
}

export async function readChanges(store: Store, incident: Incident, readsReported: boolean): Promise<IncidentChanges> {
  const entries = await timelineOf(store, incident.id);
  const read = await reportsOf(store, incident, { entries, cases: [] });
  const reports = read.map(({ report }) => report);
  const newest = read.find(({ id }) => id === newestAnswer(incident, entries))?.report;
  const [service = ''] = (await factsIn(store, incident, newest)).services;
  const dependencies = [...new Set(reports.flatMap((report) => calledBy(service, report)))];
  const beganUs = beganAt(incident, entries);
  const time = { fromUs: beganUs - BEFORE_US, toUs: incident.resolvedUs ?? (await store.nowUs()) };
  const services = [service, ...dependencies].filter((one) => one !== '');
  const stored = readsReported ? await changesBetween(store, { services, ...time }) : [];
  const diagnosed = reports.flatMap(changesIn).filter(({ atUs, service: whose }) => {
    return atUs >= time.fromUs && atUs <= time.toUs && ['', ...services].includes(whose);
  });
  const named = new Set(reports.flatMap(culpritsIn));
  const changes = changesInOrder([...stored, ...diagnosed])
    .toReversed()
    .map((change): ListedChange => ({ ...change, isNamed: named.has(keyOf(change)) }));
  return { incident, service, dependencies, beganUs, changes };
}

function beganAt({ declaredUs }: Incident, entries: readonly TimelineEntry[]): number {
  return (impactStartEntry(entries) ?? entries.find(({ kind }) => kind === 'alert'))?.atUs ?? declaredUs;
}

/** The fingerprint lists callees as `→ mysql`. */
function calledBy(service: string, { fingerprint }: Report): readonly string[] {
  if (service === '' || fingerprint?.service !== service) return [];
  return fingerprint.neighbours.flatMap((one) => (one.startsWith('→ ') ? [one.slice(2)] : []));
}

function changesIn({ changes = [] }: Report): readonly Change[] {
  return changes.flatMap(({ at, kind, service, id, text }) => {
    const atUs = Date.parse(at) * 1_000;
    if (Number.isNaN(atUs) || !isChangeKind(kind)) return [];
    return [{ atUs, kind, service, id, text, url: '', files: [], diff: '' }];
  });
}

function culpritsIn({ changes = [] }: Report): readonly string[] {
  return changes.filter(({ isCulprit }) => isCulprit).map(keyOf);
}

function keyOf({ service, id, text }: Readonly<Record<'service' | 'id' | 'text', string>>): string {
  return JSON.stringify([service, id === '' ? text : id]);
}
