/**
 * Chooses the verdict that answers an alert: that of all its requests together, of one of them, or of the trace that it
 * names. Live and replayed alerts use the same choice.
 */
import type { AnalysedTrace, Forms, Session } from '#analyse/session.ts';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { type SharedVerdict, sharedVerdict } from '#diagnose/shared-verdict.ts';
import { HARDLY } from '#diagnose/status.ts';
import type { Health } from '#model/finding/analysis.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { type AlertFacts, presentAlert } from '#present/slack/alert-messages.ts';
import { chooseExemplars, type Exemplar } from '#workflows/choose-exemplars.ts';

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

/** The whole window is judged: requests were compared, or the platform itself reports the problem. */
export function isOfWindow({ report }: AnalysedTrace): boolean {
  const { kind, change } = report.diagnosis ?? {};
  if (change) return true;
  return report.compared !== undefined || detectors.some(({ id, needs }) => id === kind && needs.includes('platform'));
}

/** Metrics show the problem, or too many requests fail, and no single request shows a cause. */
export function saysMore(together: AnalysedTrace, single: AnalysedTrace): boolean {
  const { diagnosis, findings } = together.report;
  if (single.report.diagnosis === null && diagnosis?.kind === known.named('failing-requests').id) return true;
  const root = findings.find(({ service }) => service === diagnosis?.service);
  const isLikely = diagnosis?.status === 'likely' && root?.evidence[0]?.kind === 'metric';
  const of = single.report.diagnosis?.status;
  return isLikely && (of === undefined || of === 'inconclusive');
}

/**
 * Many requests show which service is at fault, and a single one may name the cause: a row lock, an exhausted pool. If
 * the failed or slow requests agree on that cause with high confidence, it is the answer. The cause must be in that
 * same service, or the requests together must show no more than that it got worse.
 */
export async function confirmedByOne(
  session: Session,
  together: AnalysedTrace,
  { atUs, forms, links }: Readonly<{ atUs: number; forms: Forms; links(): Promise<LinksOf> }>,
): Promise<AnalysedTrace | undefined> {
  const { subject, exemplars, compared, affected, onset, healthy } = together.report;
  const traces = await session.reports({ traceIds: idsOf(exemplars, false) });
  const chosen = judgeTogether(traces, atUs);
  const { shared, representative = '' } = chosen?.verdict ?? {};
  if (chosen === undefined || shared === undefined || shared.traceIds.length * 2 <= traces.length) return undefined;
  const best = traces.find(({ traceId }) => traceId === representative)?.report.diagnosis ?? null;
  if (!saysSurer(best, together) || (await isOfAnyDay(session, best, exemplars))) return undefined;
  const linksOf = await links();
  const [single] = await session.reports({ ...forms, traceIds: [representative], links: linksOf(representative) });
  if (single === undefined) throw new Error('the session lost the trace that it has found');
  const asked = { service: subject.service, fromUs: usOf(subject.from), toUs: usOf(subject.to) };
  const facts = alertFacts(traces, chosen, { ...asked, linkOf: (traceId) => linksOf(traceId).trace });
  const shown = presentAlert(single, facts);
  const ofMany = {
    exemplars,
    ...(compared && { compared }),
    ...(affected && { affected }),
    ...(onset && { onset }),
    ...(healthy && { healthy }),
  };
  return { ...shown, report: { ...shown.report, subject, ...ofMany } };
}

function idsOf(exemplars: readonly Exemplar[], areHealthy: boolean): readonly string[] {
  return exemplars.filter(({ role }) => (role === 'healthy') === areHealthy).map(({ traceId }) => traceId);
}

type Verdict = AnalysedTrace['report']['diagnosis'];

/**
 * The requests together show where it got worse, and one of them shows the faulty pattern there. Repeated calls take no
 * longer each than in healthy requests, so the pattern counts only if nothing but an odd number points elsewhere.
 */
function saysSurer(best: Verdict, { report: { diagnosis, onset } }: AnalysedTrace): boolean {
  if (best === null || diagnosis?.change) return false;
  if (diagnosis?.service === best.service && best.status === 'confirmed') return true;
  const isOdd = diagnosis?.status === 'inconclusive' && detectorOf(diagnosis)?.role === 'description';
  const isHardlyTold = diagnosis === null || diagnosis.confidence < HARDLY || isOdd;
  const isOpen = isHardlyTold || diagnosis.service === best.service;
  return isOpen && onset?.signal === 'latency' && best.status !== 'inconclusive' && isMechanism(best);
}

function detectorOf({ kind }: Readonly<{ kind: string }>) {
  return detectors.find(({ id }) => id === kind);
}

/** That one request is slower than others adds nothing to what all of them show. */
function isMechanism(best: NonNullable<Verdict>): boolean {
  const detector = detectorOf(best);
  return detector !== undefined && detector.role !== 'description' && !detector.needs.includes('baseline');
}

/** A healthy request has it too. */
async function isOfAnyDay(session: Session, best: Verdict, exemplars: readonly Exemplar[]): Promise<boolean> {
  const traceIds = idsOf(exemplars, true);
  const healthy = traceIds.length === 0 ? [] : await session.reports({ traceIds });
  return healthy.some(({ report }) =>
    report.findings.some(({ detector, service }) => detector === best?.kind && service === best.service),
  );
}

/** The addresses at which a trace and its spans are opened. */
export type LinksOf = (traceId: string) => Readonly<{ trace: string; span: string }>;

function usOf(iso: string): number {
  return Date.parse(iso) * 1_000;
}

export type Together = Readonly<{ exemplars: readonly Exemplar[]; verdict: SharedVerdict }>;

/** The exemplars of these traces and what most of them show; undefined if there are none. */
export function judgeTogether(traces: readonly AnalysedTrace[], atUs: number): Together | undefined {
  const exemplars = chooseExemplars(traces, atUs);
  const verdict = sharedVerdict(
    exemplars.flatMap(({ traceId }) => {
      const report = traces.find((trace) => trace.traceId === traceId)?.report;
      return report === undefined
        ? []
        : [{ traceId, durationUs: report.trace?.durationUs ?? 0, diagnosis: report.diagnosis ?? undefined }];
    }),
    known,
  );
  return verdict && { exemplars, verdict };
}

type Subject = Readonly<{
  service: string;
  fromUs: number;
  toUs: number;
  /** The template of the address that opens a trace. */
  linkOf(traceId: string): string;
  /** Undefined if the caller adds the counts. */
  affected?: RequestCounts | undefined;
}>;

export function alertFacts(
  traces: readonly AnalysedTrace[],
  { exemplars, verdict }: Together,
  { service, fromUs, toUs, linkOf, affected }: Subject,
): AlertFacts {
  return {
    service,
    fromUs,
    toUs,
    found: traces.length,
    exemplars: exemplars.map((exemplar) => {
      const { traceId } = exemplar;
      const report = traces.find((trace) => trace.traceId === traceId)?.report;
      return { ...exemplar, verdict: report?.diagnosis?.verdict ?? 'nothing wrong found', link: linkOf(traceId) };
    }),
    shared: verdict.shared && countOf(verdict.shared),
    others: verdict.others.map(countOf),
    healthy: verdict.healthy.length,
    affected,
  };
}

/** Adds the counts to a report without any: its verdict comes from metrics or from the platform. */
export function withAffected(analysed: AnalysedTrace, affected: RequestCounts | undefined): AnalysedTrace {
  const { report } = analysed;
  return affected === undefined || report.affected !== undefined
    ? analysed
    : { ...analysed, report: { ...report, affected } };
}

function countOf({ kind, traceIds, ...where }: NonNullable<SharedVerdict['shared']>): AlertFacts['others'][number] {
  return { ...where, problem: known.of(kind).title, traces: traceIds.length };
}
