/**
 * A report as JSON, piece by piece. Two of its lists may be as long as the trace: of a million spans neither the objects
 * nor the one string that they would become is ever made.
 */
import { memoize } from '#core/memoize.ts';
import type { FishboneCategory } from '#model/finding/methods.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { shownLinesOnce } from '#present/plain-text.ts';
import type { Report } from '#present/report.ts';

/** Texts that make the inside of a list of JSON when they are put together. */
type Inside = Iterable<string>;

export type LongLists = Readonly<{
  /** Every step, where the report itself has the longest ones only. */
  criticalPath: Inside;
  /** Times as corrected, from the trace's start. */
  spans?: Inside;
}>;

/** Read while they are written; the trace must live as long. */
export function longLists(trace: Trace, { spans }: Readonly<{ spans: boolean }>): LongLists {
  return { criticalPath: { [Symbol.iterator]: () => pathJson(trace) }, ...(spans && { spans: spansOf(trace) }) };
}

export function* reportJson(report: Report, lists?: LongLists): Generator<string> {
  const isWhole = lists === undefined || report.criticalPath.length === 0;
  const text = withShared(report, isWhole ? report.criticalPath : []);
  const at = isWhole ? 0 : text.indexOf(EMPTY_PATH) + EMPTY_PATH.length - 1;
  yield text.slice(0, at);
  if (!isWhole) yield* lists.criticalPath;
  if (lists?.spans === undefined) yield text.slice(at);
  else {
    yield `${text.slice(at, -1)},"spans":[`;
    yield* lists.spans;
    yield ']}';
  }
}

/** What many traces of a file share becomes a text once, and is put where its list is empty. */
function withShared(report: Report, criticalPath: Report['criticalPath']): string {
  const { checked, diagnosis, methods } = report;
  const text = JSON.stringify({
    ...report,
    criticalPath,
    diagnosis: diagnosis && { ...diagnosis, ruledOut: [] },
    checked: [],
    methods: methods && { ...methods, fishbone: { ...methods.fishbone, categories: [] }, checklist: [] },
  });
  return filled(text, {
    ...(diagnosis && { ruledOut: sharedJson(diagnosis.ruledOut) }),
    checked: sharedJson(checked),
    ...(methods && {
      categories: listJson(methods.fishbone.categories, categoryJson),
      checklist: listJson(methods.checklist, sharedJson),
    }),
  });
}

/** `lists` in the order in which they stand in the text. */
function filled(text: string, lists: Readonly<Record<string, string>>): string {
  let whole = '';
  let done = 0;
  for (const [name, list] of Object.entries(lists)) {
    const at = text.indexOf(emptyList(name), done) + emptyList(name).length - EMPTY.length;
    whole += text.slice(done, at) + list;
    done = at + EMPTY.length;
  }
  return whole + text.slice(done);
}

const EMPTY = '[]';
const EMPTY_PATH = emptyList('criticalPath');

/** Inside a text the quotes would be escaped: so that of one name stands in one place only. */
function emptyList(name: string): string {
  return `"${name}":${EMPTY}`;
}

/** One in which something was found has most of its entries in common with that of other traces. */
function categoryJson(category: FishboneCategory): string {
  const { state, entries } = category;
  if (state !== 'found') return sharedJson(category);
  return filled(JSON.stringify({ ...category, entries: [] }), { entries: listJson(entries, sharedJson) });
}

const sharedJson = memoize((shared: object) => JSON.stringify(shared));

function listJson<Item>(items: readonly Item[], jsonOf: (item: Item) => string): string {
  return `[${items.map(jsonOf).join(',')}]`;
}

/** In characters, about. */
const PIECE = 16_384;

function spansOf(trace: Trace): Inside {
  return { [Symbol.iterator]: () => spansJson(trace) };
}

function* pathJson(trace: Trace): Generator<string> {
  const { count, span, startUs, endUs } = pathSteps(trace);
  const quoted = quotedOnce();
  let piece = '';
  for (let step = 0; step < count; step += 1) {
    const at = span(step);
    const who = `"spanId":${JSON.stringify(trace.spanId(at))},"service":${quoted(trace.service(at))}`;
    const what = `"operation":${quoted(trace.operation(at))},"startUs":${startUs(step)},"endUs":${endUs(step)}`;
    piece += `${step === 0 ? '' : ','}{${who},${what}}`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* spansJson(trace: Trace): Generator<string> {
  const quoted = quotedOnce();
  let piece = '';
  for (let span = 0; span < trace.spanCount; span += 1) {
    const who = `"spanId":${JSON.stringify(trace.spanId(span))},"service":${quoted(trace.service(span))}`;
    const times = `"startUs":${trace.startUs(span)},"durationUs":${trace.durationOfUs(span)},"selfUs":${selfUs(trace, span)}`;
    piece += `${span === 0 ? '' : ','}{${who},${times}}`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Without credentials, as JSON. */
function quotedOnce(): (text: string) => string {
  const clean = shownLinesOnce();
  const known = new Map<string, string>();
  return (text) => {
    const quoted = known.get(text) ?? JSON.stringify(clean(text));
    known.set(text, quoted);
    return quoted;
  };
}
