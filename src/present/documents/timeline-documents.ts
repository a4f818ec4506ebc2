/**
 * A timeline as a page, as Markdown and as plain text: a section for each phase, with the time between entries. All times
 * are in the zone of the reader, and each document says so once.
 */
import type { EntryFile } from '#model/incident/entry-file.ts';
import {
  apartUs,
  type Incident,
  incidentMetrics,
  incidentName,
  incidentStart,
  lastedUs,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { PHASE_NAMES, type Phase, phasesOf } from '#model/incident/phases.ts';
import type { DocumentPart, Runs } from '#model/incident/target-document.ts';
import { redact } from '#model/redaction/redaction.ts';
import { counted } from '#model/text/count-text.ts';
import { spanText } from '#model/text/duration.ts';
import { documentText } from '#present/documents/document-text.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import { htmlTable, TABLE_STYLE } from '#present/documents/html-table.ts';
import { documentMarkdown } from '#present/documents/postmortem-markdown.ts';
import { sinceText } from '#present/documents/postmortem-text.ts';
import { incidentJson, wholeTimelineJson } from '#present/json/incident-json.ts';
import { kindName, notedLate } from '#present/slack/timeline.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { isoInstant, zonedSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';
import { UTC, type Zone } from '#utilities/time-zone.ts';

export type TimelineDocument = Readonly<{
  incident: Incident;
  /** In the order of events. */
  entries: readonly TimelineEntry[];
  names: Names;
  /** Of the reader; undefined if Slack does not tell it. */
  zone: Zone | undefined;
  /** When the record was read. */
  asOfUs: number;
}>;

type Row = Readonly<{
  atUs: number;
  when: string;
  /** '' unless it was noted late. */
  noted: string;
  since: string;
  kind: string;
  text: string;
  source: string;
  /** '' where there is none. */
  url: string;
  /** The files with a copy. */
  copies: readonly EntryFile[];
}>;

type ShownPhase = Readonly<{ id: string; name: string; span: string; rows: readonly Row[] }>;

const STYLE = `
body { max-width: 820px; }
h2 { font-size: 1.2rem; margin: 2em 0 0; padding-top: 0.6em; border-top: 1px solid var(--line); }
ul { margin: 0.3em 0; padding-left: 1.3em; }
.state { padding: 0.6em 0.9em; background: var(--notice); border-left: 4px solid var(--notice-edge); }
.state p { margin: 0.2em 0; }
.span, .noted { color: var(--quiet); font-size: 0.85rem; margin: 0.2em 0; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
nav li { padding: 2px 0; }
.downloads a { display: inline-block; min-height: 32px; margin-right: 1em; }
${TABLE_STYLE}
h1, h2, thead { break-after: avoid; }
tr, li { break-inside: avoid; }
@media print { .downloads { display: none; } .state { border: 1px solid var(--notice-edge); } }
`;

/** `downloads`: the other forms, by their name; addresses of our own. */
export function timelineHtml(
  document: TimelineDocument,
  downloads: readonly Readonly<{ name: string; url: string }>[],
): string {
  const phases = shownPhases(document);
  const links = downloads.map(({ name, url }) => `<a href="${escapeXml(url)}" download>${escapeXml(name)}</a>`);
  const nav = phases.map(({ id, name, span }) => `<li><a href="#${id}">${name}</a> ${escapeXml(span)}</li>`);
  const page = htmlPage({
    title: titleOf(document),
    style: STYLE,
    main: `<div class="state">${stateLines(document)
      .map((line) => `<p>${escapeXml(line)}</p>`)
      .join('')}</div>
<p class="downloads">Download: ${links.join(' ')}</p>
${nav.length === 0 ? '<p>The timeline is empty.</p>' : `<nav aria-label="Phases"><ul>${nav.join('')}</ul></nav>`}
${phases.map(phaseHtml).join('\n')}`,
  });
  return redact(page);
}

function phaseHtml({ id, name, span, rows }: ShownPhase): string {
  const table = htmlTable(
    HEAD,
    rows.map((row) => ({
      id: '',
      cells: [
        `<time class="date" datetime="${isoInstant(row.atUs)}">${row.when}</time>${row.noted === '' ? '' : `<br><span class="noted">${row.noted}</span>`}`,
        row.since,
        `<strong>${escapeXml(row.kind)}</strong> ${escapeXml(row.text)}${openHtml(row)}${row.copies.map(copyHtml).join('')}`,
        escapeXml(row.source),
      ],
    })),
  );
  return `<section id="${id}"><h2>${name}</h2><p class="span">${escapeXml(span)}</p>${table}</section>`;
}

function openHtml({ url, text }: Row): string {
  return url === ''
    ? ''
    : ` <a href="${escapeXml(url)}" rel="noreferrer" aria-label="open ${escapeXml([...text].slice(0, 60).join(''))}">open ↗</a>`;
}

function copyHtml({ copyId, name }: EntryFile): string {
  const label = escapeXml(shown(name));
  return ` <a href="?file=${encodeURIComponent(copyId)}" download>copy of ${label} ↓</a>`;
}

export function timelineMarkdown(document: TimelineDocument): string {
  return documentMarkdown(titleOf(document), partsOf(document));
}

/** `width`: in columns. */
export function timelineText(document: TimelineDocument, width: number): string {
  return documentText(titleOf(document), partsOf(document), width);
}

function partsOf(document: TimelineDocument): readonly DocumentPart[] {
  const phases = shownPhases(document).flatMap(({ name, span, rows }): readonly DocumentPart[] => [
    { kind: 'heading', level: 2, text: name },
    { kind: 'paragraph', runs: [own(span)] },
    { kind: 'table', head: HEAD, rows: rows.map(cellsOf) },
  ]);
  return [{ kind: 'notice', lines: stateLines(document) }, ...phases];
}

const HEAD = ['When', 'Since last', 'What', 'Source'];

function cellsOf({ when, noted, since, kind, text, source, url }: Row): readonly Runs[] {
  return [
    [own(when), ...(noted === '' ? [] : [own('\n'), own(noted)])],
    [own(since)],
    [
      { text: kind, isBold: true },
      own(' '),
      { text },
      ...(url === '' ? [] : [own(' '), { text: 'open', url, isOwn: true } as const]),
    ],
    [{ text: source }],
  ];
}

function own(text: string) {
  return { text, isOwn: true } as const;
}

function titleOf({ incident }: TimelineDocument): string {
  return redact(`${incidentName(incident)} timeline: ${shown(incident.title)}`);
}

/** `P1 · identified · 34 min so far · 12 entries`, then the zone. */
function stateLines({ incident, entries, zone, asOfUs }: TimelineDocument): readonly string[] {
  const lasted = spanText(lastedUs(incident, incidentStart(incident, entries), asOfUs));
  const length = incident.resolvedUs === undefined ? `${lasted} so far` : `lasted ${lasted}`;
  const asOf = `as of ${zonedSecond(asOfUs, zone ?? UTC)}`;
  return [
    [incident.severity, incident.status, length, counted(entries.length, 'entry'), asOf].join(' · '),
    zone === undefined
      ? 'All times are in UTC, because Slack does not tell your time zone.'
      : `All times are in ${shown(zone.name)}.`,
  ];
}

function shownPhases(document: TimelineDocument): readonly ShownPhase[] {
  const { incident, entries } = document;
  const before = new Map(entries.map((entry, at) => [entry.id, entries[at - 1]]));
  return phasesOf(incident, entries).map((phase, at) => ({
    id: `phase-${at + 1}`,
    name: PHASE_NAMES[phase.id],
    span: spanOf(phase, document),
    rows: phase.entries.map((entry) => rowOf(entry, before.get(entry.id), document)),
  }));
}

/** `from 2026-01-06 15:30:00, 9 min, 6 entries` */
function spanOf({ atUs, untilUs, entries }: Phase, { zone }: TimelineDocument): string {
  const length = untilUs === undefined ? [] : [spanText(apartUs(untilUs, atUs))];
  return [`from ${zonedSecond(atUs, zone ?? UTC)}`, ...length, counted(entries.length, 'entry')].join(', ');
}

function rowOf(entry: TimelineEntry, before: TimelineEntry | undefined, { names, zone = UTC }: TimelineDocument): Row {
  return {
    atUs: entry.atUs,
    when: zonedSecond(entry.atUs, zone),
    noted: notedLate(entry) ? `noted ${zonedSecond(entry.notedUs, zone)}` : '',
    since: sinceText({ sinceUs: before && apartUs(entry.atUs, before.atUs) }),
    kind: shown(kindName(entry)),
    text: shown(withNames(entry.text, names)),
    source: shown(withNames(entry.source, names)) || 'unknown',
    url: openable(shown(entry.link)),
    copies: (entry.files ?? []).filter(({ state }) => state === 'kept'),
  };
}

/** As the API has it, for programs: times in UTC. */
export function timelineFile({ incident, entries, names }: TimelineDocument): string {
  const read = { incident, metrics: incidentMetrics(incident, entries), start: incidentStart(incident, entries) };
  const whole = { ...incidentJson(read), entries: wholeTimelineJson(incident, entries, names) };
  return redact(`${JSON.stringify(whole, null, 2)}\n`);
}
