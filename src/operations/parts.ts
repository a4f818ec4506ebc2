/** What the operations need: each is a workflow that the command line uses, with its sources and its store. */
import type { AnalysedTrace } from '#analyse/session.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { ListedServices } from '#present/json/services-json.ts';
import type { PresentedComparison } from '#present/present-comparison.ts';
import type { Names } from '#present/words/people-names.ts';
import type { PresentedRelease } from '#present/words/release.ts';
import type { ReadCase } from '#workflows/cases/read-case.ts';
import type { SimilarTo } from '#workflows/incidents/find-similar.ts';
import type { ListedIncident } from '#workflows/incidents/list-incidents.ts';
import type { ReadIncident } from '#workflows/incidents/read-incident.ts';
import type { ReleaseRequest } from '#workflows/releases/judge-release.ts';
import type { ReadTimeline } from '#workflows/timeline/read-timeline.ts';
import type { CompareSides } from '#workflows/traces/compare.ts';
import type { DiagnoseTraceRequest } from '#workflows/traces/diagnose-trace.ts';
import type { AskedWindow } from '#workflows/window/investigate-window.ts';

/** Texts that a client sent in place of files, by the names under which answers mention them. */
export type SentTexts = ReadonlyMap<string, string>;

export type Parts = Readonly<{
  nowUs(): number;
  /** From the configured sources. */
  diagnose(asked: Pick<DiagnoseTraceRequest, 'reference' | 'signal'>): Promise<AnalysedTrace>;
  /** Traces of a text, one report each. */
  analyse(
    asked: Readonly<{ texts: SentTexts; trace: string; logs?: string | undefined }>,
  ): Promise<readonly AnalysedTrace[]>;
  investigate(asked: AskedWindow & Readonly<{ signal: AbortSignal }>): Promise<AnalysedTrace>;
  readAlert(text: string): Promise<Alert>;
  compare(
    sides: Pick<CompareSides, 'healthy' | 'failing' | 'signal'> & Readonly<{ texts: SentTexts }>,
  ): Promise<PresentedComparison>;
  judgeRelease(asked: Omit<ReleaseRequest, 'deadlineMs'>): Promise<PresentedRelease>;
  findSimilar(incident: string): Promise<SimilarTo>;
  /** Reads a case of an incident in the store. `number` counts from 1. Without it: the case that the incident was declared from. */
  readCase(asked: Readonly<{ incident: string; number?: number | undefined }>): Promise<ReadCase>;
  /** Diagnoses a case that the operator offers from its evidence. Throws UsageError if none has this name. */
  replayCase(name: string): Promise<ReadCase>;
  readIncident(incident: string): Promise<ReadIncident>;
  readTimeline(incident: string): Promise<ReadTimeline>;
  listIncidents(): Promise<readonly ListedIncident[]>;
  namesIn(workspaceId: string): Names;
  /** All services, or the one with this name. */
  listServices(name: string | undefined): Promise<ListedServices>;
}>;
