/** The methods of an incident: those of its diagnosis, with people's answers from its timeline. */
import { whysWithoutEvidence } from '#diagnose/five-whys.ts';
import type { Methods } from '#model/finding/methods.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { checkedBoxes, methodAnswers } from '#model/incident/method-answers.ts';
import type { Runbook } from '#model/incident/runbook.ts';
import type { Report } from '#present/json/report.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import {
  checklistMessage,
  checklistOf,
  firstFailuresMessage,
  fishboneMessage,
  hypothesesMessage,
  type InIncident,
  type MethodName,
  whysMessage,
} from '#present/slack/methods-message.ts';
import type { Names } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Reader } from '#record/store.ts';

/** For one investigation. `methods` is undefined if it is not finished, or older than the methods. */
export type DiagnosedMethods = Readonly<{ investigationId: string; methods: Methods | undefined }>;

/** Of the investigation that the incident was declared from, else of the newest one in its timeline. */
export async function methodsOfIncident(
  reader: Reader,
  { workspaceId, investigationId }: Incident,
  entries: readonly TimelineEntry[],
): Promise<DiagnosedMethods> {
  const inTimeline = entries.filter(({ kind }) => kind === 'diagnosis').map(({ value }) => value);
  for (const id of [investigationId ?? '', ...inTimeline.toReversed()]) {
    const methods = await methodsOf(reader, { id, workspaceId });
    if (methods !== undefined) return { investigationId: id, methods };
  }
  return { investigationId: '', methods: undefined };
}

export async function methodsOf(
  reader: Reader,
  asked: Readonly<{ id: string; workspaceId: string }>,
): Promise<Methods | undefined> {
  const investigation = await findInvestigation(reader, asked);
  return investigation?.state === 'done' ? (investigation.report as Report).methods : undefined;
}

export type ShownIn = Readonly<{
  incident: Incident;
  entries: readonly TimelineEntry[];
  names: Names;
  nowUs: number;
  /** For the checklist; undefined where there is none. */
  runbook?: Runbook | undefined;
}>;

/** A method as Slack shows it, with its incident, if any. */
export function methodMessage(
  method: MethodName,
  { investigationId, methods }: DiagnosedMethods,
  shownIn: ShownIn | undefined,
): SlackMessage {
  const within = shownIn && withinIncident(shownIn, investigationId);
  switch (method) {
    case 'whys': {
      const symptom = shownIn === undefined ? '' : shown(shownIn.incident.title);
      return whysMessage(methods?.fiveWhys ?? whysWithoutEvidence(symptom), within);
    }
    case 'hypotheses':
      return hypothesesMessage(methods?.hypotheses ?? [], within);
    case 'fishbone':
      return methods === undefined ? noDiagnosis() : fishboneMessage(methods.fishbone);
    case 'failures':
      return methods === undefined ? noDiagnosis() : firstFailuresMessage(methods.firstFailures);
    case 'checklist':
      return within === undefined || shownIn === undefined
        ? checklistOf(methods?.checklist ?? [])
        : checklistMessage(
            checkedBoxes({ ...shownIn, checklist: methods?.checklist, ticks: within.told.ticks }),
            within,
            shownIn.runbook,
          );
  }
}

function withinIncident({ incident, entries, names }: ShownIn, investigationId: string): InIncident {
  return { incident, investigationId, told: methodAnswers(entries, investigationId), names };
}

function noDiagnosis(): SlackMessage {
  return { text: 'There is no diagnosis yet. `/trace <id>` makes one.', blocks: [] };
}
