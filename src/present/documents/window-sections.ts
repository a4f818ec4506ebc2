/** A window with compared requests, in words: its start, its baseline, changes, the path to the cause, requests to open. */
import type { Analysis, ChangeRole, SeenWindow } from '#model/finding/analysis.ts';
import { durationsApart, durationText } from '#model/text/duration.ts';
import type { Line, Section } from '#present/documents/section.ts';
import { readableSecond, shortClock } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

/** For a trace only the changes before it. None where nothing was compared. */
export function windowSections(analysis: Analysis): Section[] {
  if (analysis.trace !== undefined) {
    const lines = plain((analysis.changes ?? []).map(changeText));
    return lines.length === 0 ? [] : [{ title: 'Changes before it (UTC)', lines, ordered: false }];
  }
  if (analysis.seen === undefined) return [];
  const { window, seen } = analysis;
  const began = window.onset && `Began at ${readableSecond(window.onset.atUs)}: ${shown(window.onset.why)}`;
  const beside = window.healthy && `Compared with ${shown(window.healthy.why)}`;
  return [
    { title: 'When it began', lines: plain([began ?? '', beside ?? '']), ordered: false },
    { title: 'Changes before it began (UTC)', lines: plain(seen.changes.map(changeText)), ordered: false },
    { title: 'Path to the cause', lines: plain(seen.way.length < 2 ? [] : seen.way.map(stepText)), ordered: true },
    { title: 'Requests to open', lines: exemplarLines(analysis), ordered: false },
  ].filter(({ lines }) => lines.length > 0);
}

function exemplarLines({ seen, links }: Extract<Analysis, { trace: undefined }>): Line[] {
  return (seen?.exemplars ?? []).map(({ traceId, role, why }) => ({
    text: `${shown(traceId)} · ${role}: ${shown(why)}`,
    url: openable(links.trace.replaceAll('{traceId}', () => encodeURIComponent(traceId.toWellFormed()))),
  }));
}

const ROLE_MARKS: Readonly<Record<ChangeRole, string>> = {
  cause: ' (the cause)',
  possible: ' (perhaps the cause)',
  near: ' (only its time is suspect)',
};

/** ` (the cause)`; empty where the verdict does not name the change. */
export function roleMark(role: ChangeRole | undefined): string {
  return role === undefined ? '' : ROLE_MARKS[role];
}

/** `14:25:10 deploy of payment: v2.3.1 (the cause)` */
export function changeText({ atUs, kind, service, text, role }: SeenWindow['changes'][number]): string {
  const whose = service === '' ? kind : `${kind} of ${shown(service)}`;
  const what = text === '' ? '' : `: ${shown(text)}`;
  return `${shortClock(atUs)} ${whose}${what}${roleMark(role)}`;
}

function stepText({ service, isCause, now, healthy }: SeenWindow['way'][number]): string {
  const failed = now.failed === 0 ? '' : `, ${now.failed} of ${now.requests} fail`;
  const took =
    now.requests === 0
      ? 'no spans'
      : `${healthy.requests === 0 ? durationText(now.medianUs) : durationsApart(now.medianUs, healthy.medianUs).join(', healthy: ')}${failed}`;
  return `${shown(service)}${isCause ? ' (cause)' : ''}: ${took}`;
}

function plain(texts: readonly string[]): Line[] {
  return texts.filter((text) => text !== '').map((text) => ({ text, url: '' }));
}
