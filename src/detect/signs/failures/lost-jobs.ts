/**
 * Jobs that a request sent, and that their worker gave up or never began. The worker has no span in the trace: only its
 * own line says so.
 *
 *   POST /exports 202  [==]                              api
 *     send export        [=]                             the queue took it
 *                            ·  worker: Hard time limit (120s) exceeded for shop.export[7c3f]
 */
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import { saysGivenUp } from '#model/instruments/given-up-words.ts';
import { JOBS_GIVEN_UP } from '#model/instruments/job-words.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import { compareNs, epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** A request sends few jobs; with more, a line without the name of its job is of any of them. */
const MOST_SENT = 100;
const LONGEST_MESSAGE = 200;

/** One for each worker and job. */
export function lostJobs(trace: Trace, logs: readonly LogLine[]): Sighting[] {
  const services = new Set(trace.services);
  const told = logs.filter((line) => line.service !== '' && !services.has(line.service) && isGivenUp(line));
  if (told.length === 0) return [];
  const doneNs = lastDoneNs(logs);
  const sent = spansWith(trace, { kinds: ['producer'], marks: MARK.sends }).slice(0, MOST_SENT);
  const given = told.filter((line) => isOfRequest(line) || namesSent(trace, sent, line));
  const jobs = given
    .filter(({ service, timeNs }) => compareNs(doneNs.get(service) ?? timeNs, timeNs) <= 0)
    .flatMap((line): LostJob[] => {
      const span = sentAs(trace, sent, line);
      return span === undefined ? [] : [{ line, span }];
    });
  const byJob = Map.groupBy(jobs, ({ line, span }) => `${line.service}\n${span}`);
  return [...byJob.values()].map((own) => sightingOf(trace, own));
}

/** A job system says so at any level. An application that warns of nothing lost nothing. */
function isGivenUp(line: LogLine): boolean {
  return JOBS_GIVEN_UP.test(line.line) || (severityOf(line.level) >= WARN && saysGivenUp(logMessage(line)));
}

/** `span`: where the job was sent. */
type LostJob = Readonly<{ line: LogLine; span: SpanIndex }>;

/** Celery, RQ, Laravel, Bull: a worker that lost its process hands the job to another one. */
const DONE = /\bsucceeded in\b|\bjob ok\b|\bprocessed:|\b(?:has )?completed\b|\bfinished\b|\bdone\b/i;

/** When each service last reported that it had done a job of this request. */
function lastDoneNs(logs: readonly LogLine[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const line of logs) {
    if (!isOfRequest(line) || !DONE.test(line.line) || isGivenUp(line)) continue;
    const known = last.get(line.service);
    if (known === undefined || compareNs(line.timeNs, known) > 0) last.set(line.service, line.timeNs);
  }
  return last;
}

/**
 * The span that sent the job: the one whose job the line names, otherwise the only one. If no span sends anything, the
 * request's own span stands for it.
 */
function sentAs(trace: Trace, sent: readonly SpanIndex[], { line }: LogLine): SpanIndex | undefined {
  if (sent.length === 0) return trace.root;
  const named = sent.filter((span) =>
    [jobOf(trace, span), ...namesOf(trace, span)].some((name) => line.includes(name)),
  );
  const [only, ...others] = named.length > 0 ? named : sent;
  return others.length === 0 ? only : undefined;
}

/** A worker without spans has no id to write. It names the job that was sent right before, and nothing else tells whose it was. */
function namesSent(trace: Trace, sent: readonly SpanIndex[], line: LogLine): boolean {
  const atUs = epochUsOf(line) - trace.startEpochUs;
  return sent.some(
    (span) => trace.startUs(span) <= atUs && namesOf(trace, span).some((name) => line.line.includes(name)),
  );
}

/** Where job systems record which job it is: `celery.task_name`, `messaging.sidekiq.job_class`, `job`, `message.type`. */
const JOB_NAMES =
  /(?:^|[._])(?:job|task|job_?class|job_?name|job_?type|task_?name|task_?type|message_?type|event_?type|worker|actor|command)$/i;
/** A name of one plain word occurs in any line: `mails`. A job's has parts: `shop.mails.send`, `SendMail`, `App\\Jobs\\Send`. */
const DISTINCT = /^(?=.{6,200}$)(?:[A-Za-z\d]+[._:\\/-][\w.:\\/-]*[A-Za-z]|[A-Z]?[a-z]+[A-Z]\w*)$/;

/** The distinct names of the job: escaped as in JSON, too. */
function namesOf(trace: Trace, span: SpanIndex): readonly string[] {
  const named = Object.values(trace.attributesFor(span, JOB_NAMES)).map(String);
  const names = [jobOf(trace, span), ...named].filter((name) => DISTINCT.test(name));
  return names.flatMap((name) => (name.includes('\\') ? [name, name.replaceAll('\\', '\\\\')] : [name]));
}

/** `shop.export` of `apply_async/shop.export`. */
function jobOf(trace: Trace, span: SpanIndex): string {
  const name = trace.operation(span);
  return name.slice(name.lastIndexOf('/') + 1);
}

function sightingOf(trace: Trace, own: readonly LostJob[]): Sighting {
  const span = own[0]?.span ?? trace.root;
  const service = own[0]?.line.service ?? '';
  const evidence = own.map(({ line }) => ({
    kind: 'log' as const,
    ref: line.timeNs,
    text: cutFirstLine(logMessage(line), LONGEST_MESSAGE),
  }));
  return {
    service,
    operation: jobOf(trace, span),
    spans: [span],
    wastedUs: 0,
    facts: {
      isJob: true,
      refused: false,
      status: '',
      message: evidence[0]?.text ?? '',
      reason: 'own',
      caller: service,
      callee: '',
      // The worker's own words: no span of it is missing.
      calleeSays: true,
      sender: trace.service(span),
      symptom: `${trace.operation(span)} of ${trace.service(span)}`,
      attempts: 1,
      above: 0,
      reachedRoot: false,
      rivals: 0,
      isBeside: false,
      rootOperation: trace.operation(trace.root),
    },
    evidence,
  };
}

/** Words for a job that was sent and then given up. */
export function wordsOfJob({ service, operation, sender, message }: Facts): Words {
  return {
    title: `${service} gave up ${operation} of ${sender}: “${message}”`,
    headline: { what: `${inWords(service)} gave up a job of ${inWords(sender)}`, why: quoteInWords(message) },
    explanation: `The queue took the job, so ${sender} got no error. ${service} recorded no span of it, only this line.`,
    remedy: `Look at ${service}: its version, its limits and its log at that time. Then send the job again, because nobody else will do its work.`,
    check: `${service} finished the same job later, or the line is about another job.`,
  };
}
