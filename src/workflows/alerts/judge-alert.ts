/**
 * Answers an alert with the one judgement of its time, on the request that shows it best, and counts the examined requests
 * that show it. An alert that names a trace is answered with that trace. Live and replayed alerts use the same answer.
 */
import type { AnalysedTrace, Forms, Session } from '#analyse/session.ts';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import type { Health, WindowSubject } from '#model/finding/analysis.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { type Report, reportedCounts } from '#present/json/report.ts';
import { type AlertFacts, type Count, presentAlert } from '#present/slack/alert-messages.ts';
import { type When, when } from '#present/words/since-when.ts';
import { chooseExemplars, type Exemplar } from '#workflows/alerts/choose-exemplars.ts';

/** A session that compares traces only with those of the healthy window, and with none if there is no such window. */
export function besideHealth(session: Session, { healthy, unhealthy }: Health): Session {
  if (healthy === undefined && unhealthy === undefined) return session;
  const health = { healthy, unhealthy };
  return { ...session, reports: (forms) => session.reports({ health, ...forms }) };
}

/** The diagnosis of a trace as the answer to the alert that names it. */
export function namedByAlert(analysed: AnalysedTrace): AnalysedTrace {
  const { report, symptom } = analysed;
  const role = report.diagnosis === null || symptom === 'none' ? 'healthy' : symptom === 'slow' ? 'slow' : 'failing';
  const exemplars = [{ traceId: analysed.traceId, role, why: 'the alert names it' } as const];
  const subject = { ...report.subject, kind: 'alert' } as const;
  return { ...analysed, report: { ...report, subject, exemplars } };
}

const known = knownDetectors(detectors);

/**
 * The whole window is judged: requests were compared, the platform itself reports the problem, or the mechanism shows
 * only in many requests together.
 */
export function isOfWindow({ report }: AnalysedTrace): boolean {
  const { kind, change } = report.diagnosis ?? {};
  if (change) return true;
  const found = detectors.find(({ id }) => id === kind);
  const isOfMany = found?.role === 'mechanism' && found.needs.includes('requests');
  return report.compared !== undefined || isOfMany || found?.needs.includes('platform') === true;
}

type Answering = Readonly<{
  atUs: number;
  forms: Forms;
  links(): Promise<LinksOf>;
  /** The requests to choose from where none were compared. */
  asked(): Promise<readonly string[]>;
  affected: RequestCounts | undefined;
}>;

/**
 * The window's judgement, on the request that shows it best. Where nothing is wrong, on the one that would show it first.
 * `shownBy`: that request; undefined where the verdict does not come from single requests.
 */
export async function answerOf(
  session: Session,
  together: AnalysedTrace,
  window: WindowSubject,
  { atUs, forms, links, asked, affected }: Answering,
): Promise<Readonly<{ analysed: AnalysedTrace; shownBy?: string }>> {
  const { report } = together;
  const { compared } = report;
  if (compared !== undefined && together.shownBy === undefined) return { analysed: withAffected(together, affected) };
  const traceIds = compared === undefined ? await asked() : report.exemplars.filter(isNoneHealthy).map(idOf);
  const shownFirst = together.shownBy === undefined ? [] : [together.shownBy];
  const traces = await session.reports({ traceIds: [...new Set([...shownFirst, ...traceIds])] });
  const examined = examine(traces, together, atUs, window.kind);
  const exemplars = compared === undefined ? examined.exemplars : report.exemplars;
  const ofAll = withAffected({ ...together, report: { ...report, exemplars } }, affected);
  const shownBy = together.shownBy ?? (report.diagnosis === null ? examined.exemplars[0]?.traceId : undefined);
  if (shownBy === undefined) return { analysed: ofAll };
  const linksOf = await links();
  const [shown] = await session.reports({ ...forms, window, traceIds: [shownBy], links: linksOf(shownBy) });
  if (shown === undefined || shown.traceId === '') return { analysed: ofAll };
  const about = {
    service: report.subject.service,
    fromUs: window.fromUs,
    toUs: window.toUs,
    linkOf: (traceId: string) => linksOf(traceId).trace,
    affected: compared === undefined ? affected : undefined,
    since: sinceOf(report, examined.exemplars, traces),
  };
  const presented = examined.exemplars.length === 0 ? shown : presentAlert(shown, alertFacts(traces, examined, about));
  const analysed = withAffected(asWindow(presented, { ...report, exemplars }), affected);
  return compared === undefined ? { analysed, shownBy } : { analysed };
}

/** One request with what its report says of the window. */
function asWindow(presented: AnalysedTrace, ofWindow: Report): AnalysedTrace {
  const { subject, exemplars, compared, affected, onset, healthy, changes } = ofWindow;
  const ofMany = {
    exemplars,
    ...(compared && { compared }),
    ...(affected && { affected }),
    ...(onset && { onset }),
    ...(healthy && { healthy }),
    ...(changes && { changes }),
  };
  return { ...presented, report: { ...presented.report, subject, ...ofMany } };
}

function isNoneHealthy({ role }: Exemplar): boolean {
  return role !== 'healthy';
}

function idOf({ traceId }: Exemplar): string {
  return traceId;
}

/** As all requests show it; else the first of those that were examined. */
function sinceOf(
  { onset }: Report,
  exemplars: readonly Exemplar[],
  traces: readonly AnalysedTrace[],
): When | undefined {
  if (onset !== undefined) return when('since', Date.parse(onset.at) * 1000);
  const chosen = new Set(exemplars.map(idOf));
  const starts = traces.flatMap(({ traceId, report: { trace, diagnosis } }) =>
    trace !== null && diagnosis !== null && chosen.has(traceId) ? [Date.parse(trace.startTime) * 1000] : [],
  );
  return starts.length === 0 ? undefined : when('first seen', Math.min(...starts));
}

/** The addresses at which a trace and its spans are opened. */
export type LinksOf = (traceId: string) => Readonly<{ trace: string; span: string }>;

type Examined = Readonly<{ exemplars: readonly Exemplar[] }> & Pick<AlertFacts, 'shared' | 'others' | 'healthy'>;

/** The requests to examine, and how many of them show the finding of the verdict; the others by what they show. */
function examine(
  traces: readonly AnalysedTrace[],
  { report: { diagnosis } }: AnalysedTrace,
  atUs: number,
  kind: WindowSubject['kind'],
): Examined {
  const exemplars = chooseExemplars(traces, atUs, kind);
  const reports = exemplars.flatMap(({ traceId }) => traces.find((trace) => trace.traceId === traceId)?.report ?? []);
  const shows = ({ findings }: Report) =>
    findings.some(({ detector, service }) => detector === diagnosis?.kind && service === diagnosis.service);
  const showing = reports.filter(shows);
  const rest = Map.groupBy(
    reports.filter((report) => !shows(report)),
    ({ diagnosis: own }) =>
      own === null || (own.status === 'inconclusive' && isAboutTrace(own.kind, known))
        ? HEALTHY
        : `${own.kind}\n${own.service}`,
  );
  const healthy = rest.get(HEALTHY)?.length ?? 0;
  rest.delete(HEALTHY);
  return {
    exemplars,
    shared:
      diagnosis === null || showing.length === 0 ? undefined : countOf(diagnosis, [{ diagnosis }], showing.length),
    others: [...rest]
      .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
      .flatMap(([, own]) => (own[0]?.diagnosis ? [countOf(own[0].diagnosis, own, own.length)] : [])),
    healthy,
  };
}

const HEALTHY = '';

type Verdict = NonNullable<Report['diagnosis']>;

/** Unnamed where the data of none of them names the problem. */
function countOf(
  { kind, service }: Pick<Verdict, 'kind' | 'service'>,
  all: readonly Pick<Report, 'diagnosis'>[],
  traces: number,
): Count {
  const isUnnamed = all.every(({ diagnosis }) => (diagnosis?.couldBe ?? []).length > 0);
  return { problem: known.of(kind).title, service, isUnnamed, traces };
}

type About = Pick<AlertFacts, 'service' | 'fromUs' | 'toUs' | 'affected' | 'since'> &
  Readonly<{
    /** The template of the address that opens a trace. */
    linkOf(traceId: string): string;
  }>;

function alertFacts(traces: readonly AnalysedTrace[], examined: Examined, { linkOf, ...about }: About): AlertFacts {
  return {
    ...about,
    ...examined,
    found: traces.length,
    exemplars: examined.exemplars.map((exemplar) => {
      const { traceId } = exemplar;
      const report = traces.find((trace) => trace.traceId === traceId)?.report;
      return { ...exemplar, verdict: report?.diagnosis?.verdict ?? 'nothing wrong found', link: linkOf(traceId) };
    }),
  };
}

/** Adds the counts to a report without any: its verdict comes from metrics or from the platform. */
function withAffected(analysed: AnalysedTrace, affected: RequestCounts | undefined): AnalysedTrace {
  const { report } = analysed;
  return affected === undefined || report.affected !== undefined
    ? analysed
    : { ...analysed, report: { ...report, affected: reportedCounts(affected) } };
}
