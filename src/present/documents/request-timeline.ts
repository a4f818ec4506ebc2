/**
 * A request reconstructed from its log lines, in words: the first failure and how it spread, the lines in order with the
 * time between them, and the longest gaps. Every text is plain, on one line and redacted.
 */
import type { Analysis } from '#model/finding/analysis.ts';
import type { RequestTimeline, TimelineEntry } from '#model/logs/request-timeline.ts';
import { exactDuration, momentText } from '#model/text/duration.ts';
import type { Section } from '#present/documents/section.ts';
import { clockInstant } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

/** The log itself has more. Lines that report a failure are always shown. */
const LINES_SHOWN = 40;
const STRETCHES = 5;
const TEXT_LENGTH = 200;

/** None for a trace, which already shows all of this. */
export function requestSections(analysis: Analysis): Section[] {
  if (analysis.trace !== undefined || analysis.request === undefined) return [];
  const { timeline, exemplars } = analysis.request;
  return [
    { title: 'How the failure spread', lines: plain(travelled(timeline)), ordered: true },
    { title: 'Services', lines: plain(stays(timeline)), ordered: false },
    { title: 'From service to service', lines: plain(hops(timeline)), ordered: false },
    { title: 'Where the time went', lines: plain(stretches(timeline)), ordered: false },
    { title: 'Timeline (UTC)', lines: plain(lines(timeline)), ordered: false },
    {
      title: 'Requests chosen',
      lines: plain(exemplars.map(({ id, why }, at) => `${shown(id)}: ${why}${at === 0 ? ' (the one shown)' : ''}`)),
      ordered: false,
    },
  ].filter((section) => section.lines.length > 0);
}

/** The failed services in order. */
export function travelled(timeline: RequestTimeline): string[] {
  return timeline.failed.map((failed, at) => {
    const { service, entry, atUs, calls } = failed;
    const text = entry === undefined ? '' : cut(timeline.entries[entry]?.text ?? '');
    const caller = calls === '' || at === 0 ? '' : `, which says that it called ${name(calls)}`;
    if (entry === undefined) return `${name(service)}: its callers report that it failed, and its own log lines do not`;
    return `${name(service)}${caller}, after ${momentText(atUs)}: “${text}”`;
  });
}

function stays({ services }: RequestTimeline): string[] {
  return services.map(({ service, firstUs, lastUs, lines, failures }) => {
    const failed = failures === 0 ? '' : `, ${failures} of them ${failures === 1 ? 'reports' : 'report'} a failure`;
    const time = lines === 1 ? `at ${momentText(firstUs)}` : `from ${momentText(firstUs)} to ${exactDuration(lastUs)}`;
    return `${name(service)}: ${time}, ${lines} ${lines === 1 ? 'line' : 'lines'}${failed}`;
  });
}

/** The timeline shows the rest. */
const HOPS = 12;

function hops({ hops }: RequestTimeline): string[] {
  const shownHops = hops
    .slice(0, HOPS)
    .map(
      ({ from, to, atUs, deltaUs }) =>
        `${name(from)} → ${name(to)} at ${momentText(atUs)} (+${exactDuration(deltaUs)})`,
    );
  return hops.length > HOPS ? [...shownHops, `and ${hops.length - HOPS} more`] : shownHops;
}

/** The longest gaps first. Between two lines, the service of the first line was working on the request. */
function stretches({ entries, durationUs }: RequestTimeline): string[] {
  return entries
    .map((entry, at) => ({ entry, before: entries[at - 1], at }))
    .filter(({ entry, before }) => before !== undefined && entry.deltaUs > 0)
    .sort((a, b) => b.entry.deltaUs - a.entry.deltaUs || a.at - b.at)
    .slice(0, STRETCHES)
    .map(({ entry, before }) => {
      const points = Math.round((entry.deltaUs / durationUs) * 100);
      const share = points === 0 ? 'under 1 %' : `${points} %`;
      return `${exactDuration(entry.deltaUs)} · ${share} · ${said(before)} → ${said(entry)}`;
    });
}

function said(entry: TimelineEntry | undefined): string {
  return entry === undefined ? '' : `${name(entry.line.service)} “${cut(entry.text)}”`;
}

function lines({ entries, startEpochUs }: RequestTimeline): string[] {
  const kept = shownEntries(entries);
  let last = -1;
  return kept.flatMap((at) => {
    const entry = entries[at];
    if (entry === undefined) return [];
    const left = at - last - 1;
    last = at;
    const { line, atUs, deltaUs, text, failed } = entry;
    const when = `${clockInstant(startEpochUs + atUs)}${at === 0 ? '' : ` +${momentText(deltaUs)}`}`;
    const level = line.level === '' ? '' : ` ${shown(line.level).toUpperCase()}`;
    const sentence = `${when} ${name(line.service)}${level}: ${cut(text)}${failed ? ' ✗' : ''}`;
    return left > 0 ? [`… ${left} ${left === 1 ? 'line' : 'lines'} …`, sentence] : [sentence];
  });
}

/** Indexes of the shown entries: failures, the first ones and the last one, up to the limit. */
function shownEntries(entries: readonly TimelineEntry[]): number[] {
  if (entries.length <= LINES_SHOWN) return entries.map((_, at) => at);
  const failed = entries.flatMap((entry, at) => (entry.failed ? [at] : [])).slice(0, LINES_SHOWN / 2);
  const kept = new Set([...failed, entries.length - 1]);
  for (let at = 0; kept.size < LINES_SHOWN; at += 1) kept.add(at);
  return [...kept].sort((a, b) => a - b);
}

function name(service: string): string {
  return shown(service) || 'unknown service';
}

function cut(text: string): string {
  const line = shown(text);
  return line.length > TEXT_LENGTH ? `${line.slice(0, TEXT_LENGTH).toWellFormed()}…` : line;
}

function plain(texts: readonly string[]): Section['lines'] {
  return texts.map((text) => ({ text, url: '' }));
}
