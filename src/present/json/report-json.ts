/**
 * Writes a report as JSON in pieces. Up to three of its lists may be as long as the trace. For a million spans, neither
 * all objects nor one whole string are ever in memory.
 */
import { memoize } from '#core/memoize.ts';
import type { FishboneCategory } from '#model/finding/methods.ts';
import type { Trace } from '#model/trace/trace.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import type { Report } from '#present/json/report.ts';
import { allOperations, allSteps } from '#present/json/report-lists.ts';
import { shownLinesOnce } from '#present/words/plain-text.ts';

/** Texts that together are the inside of a JSON list. */
type Inside = Iterable<string>;

/** Lists as long as the trace, written on request. */
export type LongLists = Readonly<{
  /** Both full lists, instead of the largest entries in the report. */
  full?: Readonly<{ criticalPath: Inside; attribution: Inside }>;
  /** Times as corrected, from the trace's start. */
  spans?: Inside;
}>;

export type LongListsAsked = Readonly<{ full: boolean; spans: boolean }>;

/** Reads the trace while writing, so the trace must live that long. */
export function longLists(trace: Trace, { full, spans }: LongListsAsked): LongLists {
  return {
    ...(full && {
      full: {
        criticalPath: inside(() => jsonOf(allSteps(trace))),
        attribution: inside(() => jsonOf(allOperations(trace))),
      },
    }),
    ...(spans && { spans: inside(() => spansJson(trace)) }),
  };
}

export function* reportJson(report: Report, lists?: LongLists): Generator<string> {
  // A window has neither list, even where a trace was examined.
  const full = report.criticalPath.length === 0 ? undefined : lists?.full;
  const text = withShared(full === undefined ? report : withoutLists(report));
  let done = 0;
  for (const name of full === undefined ? [] : FULL_LISTS) {
    const at = text.indexOf(emptyList(name), done) + emptyList(name).length - 1;
    yield text.slice(done, at);
    yield* full?.[name] ?? [];
    done = at;
  }
  if (lists?.spans === undefined) yield text.slice(done);
  else {
    yield `${text.slice(done, -1)},"spans":[`;
    yield* lists.spans;
    yield ']}';
  }
}

/** In the order in which they stand in a report. */
const FULL_LISTS = ['criticalPath', 'attribution'] as const;

function withoutLists({ criticalPathTotal, criticalPathShownUs, ...report }: Report): Report {
  return { ...report, criticalPath: [], attribution: [] };
}

/** Serialises parts that many traces of a file share only once, and inserts them where their lists are empty. */
function withShared(report: Report): string {
  const { checked, diagnosis, methods } = report;
  const text = JSON.stringify({
    ...report,
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

/** Occurs once for each name: inside a JSON string the quotes would be escaped. */
function emptyList(name: string): string {
  return `"${name}":${EMPTY}`;
}

/** A category with a finding still shares most entries with other traces. */
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

function inside(pieces: () => Iterator<string>): Inside {
  return { [Symbol.iterator]: pieces };
}

function* jsonOf(entries: Iterable<object>): Generator<string> {
  let piece = '';
  let separator = '';
  for (const entry of entries) {
    piece += separator + JSON.stringify(entry);
    separator = ',';
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
