/** The traces of a session: those in question, and the healthy ones for comparison. */
import { type BodyBytes, bodyBytes } from '#analyse/body-bytes.ts';
import { foundAgain, type HealthyTraces, healthyTraces } from '#analyse/healthy-traces.ts';
import { decoded, type OpenBody, problemsOf } from '#analyse/session/body-reader.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import type { KeptBodies } from '#analyse/session/kept-bodies.ts';
import type { BodyHead } from '#analyse/session.ts';
import type { HeldTrace } from '#analyse/window-requests.ts';
import type { TraceBody, TraceSpans } from '#decode/body-decoder.ts';
import { traceBody } from '#decode/trace-body.ts';
import type { Gap } from '#model/finding/gap.ts';
import { type EvidenceFile, evidenceRole } from '#model/incident/case.ts';
import type { SpanTable } from '#model/trace/build/span-table.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import { mayBeTrace } from '#model/trace/datadog-id.ts';
import { fullTraceId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

/** One trace of one file, or of all backends together. */
export type Subject = Pick<HeldTrace, 'source' | 'sample'> & {
  file: string;
  traceId: string;
  spans: SpanTable;
  trace: Trace | undefined;
};

export type SessionTraces = Readonly<{
  open: OpenBody;
  /** Those with these ids, or all. */
  subjects(traceIds?: readonly string[]): Subject[];
  /** The first one received. */
  first(): Trace | undefined;
  /** All of them one by one; each is dropped when the next one is requested. */
  handOver(): Generator<Subject>;
  /** Built on first access. */
  traceOf(subject: Subject): Trace;
  /** Those with spans, and the healthy ones. */
  held(): HeldTrace[];
  comparedWith: HealthyTraces['comparedWith'];
  /** Call before `comparedWith`: no trace in question is one of the healthy ones. */
  question(): void;
  /** The files of the case, if credentials were removed from one of them. */
  restOn(files: readonly EvidenceFile[]): void;
  /** Drops those in question, and returns the sources that were queried for them. */
  next(): ReadonlySet<string>;
  close(): void;
}>;

export function sessionTraces(maxClockSkewUs: number, gaps: SessionGaps, kept: KeptBodies): SessionTraces {
  const subjects = new Map<string, Subject>();
  const healthy = healthyTraces(maxClockSkewUs);
  const openBytes: { kind: BodyHead['kind']; bytes: BodyBytes }[] = [];
  /** The sources queried for traces in question. */
  let sources = new Set<string>();

  const addSubjects = ({ file, source, sample }: BodyHead, found: readonly TraceSpans[]): number => {
    const items = found.reduce((sum, { spans }) => sum + spans.count(), 0); // before parts of a trace are merged
    for (const { traceId, spans } of found) {
      const key = `${file}\n${fullTraceId(traceId)}`;
      const known = subjects.get(key);
      if (known === undefined) subjects.set(key, { file, source, sample, traceId, spans, trace: undefined });
      else if (sample === undefined) {
        known.spans.append(spans);
        known.trace = undefined;
      } else Object.assign(known, foundAgain(known, spans, sample));
    }
    return items;
  };
  const roleOf = ({ kind }: BodyHead) =>
    kind === 'baseline'
      ? { add: healthy.add, cost: 'fewer healthy traces were compared' }
      : { add: addSubjects, cost: NOT_WHOLE };
  /** Evidence uses the original bytes, which then stay in memory anyway. */
  const bytesOf = ({ kind, file }: BodyHead): BodyBytes | undefined => {
    if (kept.areKept) return undefined;
    const bytes = bodyBytes(file);
    openBytes.push({ kind, bytes });
    return bytes;
  };
  const closeBytes = (isDone: (kind: BodyHead['kind']) => boolean) => {
    for (const open of openBytes.splice(0)) {
      if (isDone(open.kind)) open.bytes.close();
      else openBytes.push(open);
    }
  };
  /** The missing parts of incomplete traces. */
  const addGaps = (
    body: TraceBody,
    source: string,
    { isAbandoned, cost, cutOff }: Readonly<{ isAbandoned: boolean; cost: string; cutOff: Gap['cutOff'] }>,
  ) => {
    for (const { problem, isCut } of problemsOf(body.damage(), isAbandoned))
      gaps.add({ source, problem, consequence: cost, ...(isCut && cutOff && { cutOff }) });
    for (const problem of body.remarks().slice(0, MOST_REMARKS))
      gaps.add({ source, problem, consequence: NOT_GIVEN, ...(cutOff && { cutOff }) });
  };
  const traceOf = (subject: Subject): Trace => {
    subject.trace ??= buildTrace(subject.spans, subject.traceId, maxClockSkewUs);
    return subject.trace;
  };
  const question = () => {
    for (const { traceId } of subjects.values()) healthy.asked(traceId);
  };

  return {
    open(head) {
      if (head.kind === 'trace') sources.add(head.source);
      const body = traceBody(head.format, head.source, bytesOf(head));
      const evidence = kept.begin(head);
      return {
        push(chunk) {
          body.push(chunk);
          evidence.push(chunk);
        },
        end(isAbandoned) {
          const { add, cost } = roleOf(head);
          const found = body.end();
          const items = add(head, found);
          // Healthy traces are compared as far as they came.
          const cutOff = head.kind === 'trace' ? cutOffIn(body, found, isAbandoned) : undefined;
          // An answer without results has no end to miss; an invalid answer was refused.
          if (items > 0) addGaps(body, head.source, { isAbandoned, cost, cutOff });
          if (items > 0) evidence.keep(body.mended());
          return { items, ...(head.sample !== undefined && { traces: found.length }), ...(cutOff && { cutOff }) };
        },
      };
    },
    subjects: (traceIds) => [...subjects.values()].filter(({ traceId }) => isWanted(traceId, traceIds)),
    first() {
      for (const subject of subjects.values()) return traceOf(subject);
      return undefined;
    },
    *handOver() {
      for (const [key, subject] of subjects) {
        subjects.delete(key);
        // A copy, and the columns are released: they are young and their table is old, and the collector of young
        // objects keeps whatever an old object references.
        yield { ...subject };
        subject.spans.clear();
      }
    },
    traceOf,
    held() {
      question();
      const asked = [...subjects.values()]
        .map((subject) => ({ ...subject, trace: traceOf(subject), isHealthy: false }))
        .filter(({ trace }) => trace.spanCount > 0);
      return [...asked, ...healthy.all().map((held) => ({ ...held, isHealthy: true }))];
    },
    comparedWith: healthy.comparedWith,
    question,
    restOn(files) {
      subjects.clear();
      healthy.clear();
      for (const [role, kind] of [
        ['traces', 'trace'],
        ['baseline', 'baseline'],
      ] as const) {
        const own = files.filter(({ path }) => evidenceRole(path) === role);
        for (const [index, { head }] of kept.ofKind(kind).entries()) {
          // A copy, because details are read from it later, and the file is moved to another thread.
          const bytes = own[index]?.bytes.slice();
          if (bytes) roleOf(head).add(head, decoded(traceBody(head.format, head.source), bytes));
        }
      }
    },
    next() {
      subjects.clear();
      healthy.asksNothing();
      closeBytes((kind) => kind === 'trace');
      const asked = sources;
      sources = new Set();
      return asked;
    },
    close() {
      subjects.clear();
      healthy.clear();
      closeBytes(() => true);
    },
  };
}

/** Where a body broke off between two values, any of its traces may have been going on. */
function cutOffIn(body: TraceBody, found: readonly TraceSpans[], isAbandoned: boolean): Gap['cutOff'] {
  const known = body.cutOff();
  const ids = known.length === 0 && isAbandoned ? found.map(({ traceId }) => traceId) : known;
  return ids.length === 0 ? undefined : ids;
}

const NOT_WHOLE = 'the trace is incomplete: the verdict rests on the spans that were read';

const NOT_GIVEN = 'the rest was not examined: the verdict rests on the spans that were read';

/** A store that fails repeatedly reports nothing new. */
const MOST_REMARKS = 5;

function isWanted(traceId: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.some((id) => mayBeTrace(id, traceId));
}
