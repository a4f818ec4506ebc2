/**
 * The guide's checklist for an incident that spans services, with its time boxes, ticked by what this program did.
 * Steps that only people can do, or that nothing proves, stay open. The incident's record ticks severity, status and
 * the like: see `model/incident/method-answers.ts`.
 */

import { memoize } from '#core/memoize.ts';
import { causePath } from '#diagnose/cause-path.ts';
import { cite, citeItem, citeSpan } from '#diagnose/cite.ts';
import type { Checked, Diagnosed, DiagnosedWindow } from '#model/finding/analysis.ts';
import type { Detectors, DetectorTraits } from '#model/finding/detector-traits.ts';
import type { ChecklistBox, ChecklistItem, Citation } from '#model/finding/methods.ts';
import { CHECKLIST, type ChecklistStep } from '#model/incident/checklist.ts';
import { quotedLine } from '#model/logs/log-message.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs, pathSteps } from '#model/trace/views/critical-path.ts';

type Tick = Readonly<{ done: string; evidence: readonly Citation[] }>;

type Done = Diagnosed | DiagnosedWindow;

export function checklist(diagnosed: Done, detectors: Detectors): ChecklistBox[] {
  const ticks: Readonly<Record<string, Tick | undefined>> = ticksOf(diagnosed);
  const isTicked = ({ id }: ChecklistItem) => ticks[id] !== undefined;
  return usualBoxes(detectors)(diagnosed.checked).map((box) =>
    box.items.some(isTicked)
      ? { ...box, items: box.items.map((item) => (isTicked(item) ? { ...item, ...ticks[item.id] } : item)) }
      : box,
  );
}

/** The boxes that do not depend on the findings: many traces of a file share them. */
const usualBoxes = memoize((detectors: Detectors) =>
  memoize((checked: Checked): ChecklistBox[] => {
    const ticks: Ticks = {
      'one-zone': { done: 'All times are in UTC or relative to the start of the request', evidence: [] },
      ...Object.assign({}, ...detectors.all.map((detector) => ticksBy(detector, checked))),
    };
    return CHECKLIST.map(({ title, minutes, items }) => ({
      title,
      minutes,
      items: items.map(({ id, text }) => ({ id, text, ...(ticks[id] ?? OPEN) })),
    }));
  }),
);

const OPEN: Tick = { done: '', evidence: [] };

type Ticks = Partial<Record<ChecklistStep, Tick | undefined>>;

function ticksOf(analysis: Done): Ticks {
  const { judgement } = analysis;
  return {
    ...(analysis.trace === undefined ? ofRequestLines(analysis) : ofTrace(analysis)),
    'first-error': firstError(analysis),
    'logs-in-order':
      analysis.logs.length > 0
        ? { done: `${count(analysis.logs.length, 'line')} in order of time`, evidence: [] }
        : undefined,
    hypothesis:
      judgement.findings.length === 0
        ? undefined
        : {
            done: `Formed from ${count(judgement.findings.length, 'finding')}`,
            evidence: causePath(judgement.diagnosis?.chain ?? []).map((index) =>
              cite('finding', index, judgement.findings[index]?.title ?? ''),
            ),
          },
  };
}

function ofTrace(analysis: Diagnosed): Ticks {
  const { trace } = analysis;
  return {
    'trace-id': { done: `Trace ${trace.traceId}`, evidence: [citeSpan(trace, trace.root)] },
    'logs-by-trace': logsRead(analysis),
    'time-between-calls': {
      done: `Measured on the critical path, in ${count(pathSteps(trace).count, 'step')}`,
      evidence: [],
    },
    waterfall: { done: `Drawn from ${count(trace.arrivedCount, 'span')}`, evidence: [] },
    'slowest-span': slowest(trace),
    'slowest-service-log': slowestServiceLog(analysis),
  };
}

/** A window does not show how long a request waited; the lines of one request do. */
function ofRequestLines({ request }: DiagnosedWindow): Ticks {
  if (request === undefined) return {};
  const { entries, services, hops } = request.timeline;
  return {
    'logs-by-trace': {
      done: `${count(entries.length, 'line')} of ${count(services.length, 'service')} with the request’s id`,
      evidence: [],
    },
    'time-between-calls': { done: `Followed line by line across ${count(hops.length, 'hop')}`, evidence: [] },
    waterfall: { done: `Drawn from ${count(entries.length, 'line')}`, evidence: [] },
  };
}

function firstError({ judgement: { symptom, findings } }: Done): Tick | undefined {
  if (symptom.kind === 'none') return undefined;
  const [said] = findings.flatMap(({ evidence = [] }) => evidence);
  return { done: symptom.text, evidence: said === undefined ? [] : [citeItem(said)] };
}

function logsRead({ logs }: Diagnosed): Tick | undefined {
  if (logs.length === 0) return undefined;
  const services = new Set(logs.map(({ service }) => service));
  return { done: `${count(logs.length, 'line')} of ${count(services.size, 'service')}`, evidence: [] };
}

/** The steps that this detector did by looking. */
function ticksBy({ id, ticks = {} }: DetectorTraits, { found, clear }: Checked): Ticks {
  const says = found.includes(id) ? 'found something' : clear.includes(id) ? 'found nothing' : undefined;
  if (says === undefined) return {};
  return Object.fromEntries(
    Object.entries(ticks).map(([step, what]) => [
      step,
      { done: `${what}: ${says}`, evidence: [cite('detector', id, id)] },
    ]),
  );
}

function slowest(trace: Trace): Tick {
  const span = slowestSpan(trace);
  return {
    done: `${trace.service(span)} ${trace.operation(span)} itself takes ${durationText(pathSelfUs(trace, span))}`,
    evidence: [citeSpan(trace, span)],
  };
}

/** The span with the most self time. */
function slowestSpan(trace: Trace): SpanIndex {
  let most = trace.root;
  for (let span = 0; span < trace.spanCount; span += 1)
    if (pathSelfUs(trace, span) > pathSelfUs(trace, most)) most = span;
  return most;
}

function slowestServiceLog({ trace, logs }: Diagnosed): Tick | undefined {
  const service = trace.service(slowestSpan(trace));
  const lines = logs.filter((line) => line.service === service);
  if (lines.length === 0) return undefined;
  const errors = lines.filter(({ level }) => level === 'error' || level === 'fatal' || level === 'critical');
  return {
    done: `${count(lines.length, 'line')} of ${service}, ${errors.length} of them errors`,
    evidence: errors
      .slice(0, 1)
      .map(({ timeNs, line }) => citeItem({ kind: 'log', ref: timeNs, text: quotedLine(line) })),
  };
}

function count(of: number, noun: string): string {
  return `${of} ${noun}${of === 1 ? '' : 's'}`;
}
