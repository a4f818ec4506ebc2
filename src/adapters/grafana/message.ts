/**
 * Messages of Grafana's Slack contact point with the default template: the labels and links of each alert as lines.
 * https://github.com/grafana/alerting/blob/main/templates/default_template.go
 *
 *   [FIRING:1] TestAlert Test Folder Grafana
 *   **Firing** … Labels: - alertname = TestAlert … Dashboard: https://…?from=1776157732785&to=1776161332796
 */
import { z } from 'zod';
import { labelsOf, serviceInTitle, serviceOf } from '#adapters/alert-fields.ts';
import { HEARTBEAT_WHY } from '#adapters/alert-group.ts';
import type { Said } from '#adapters/message-text.ts';
import { isTrialRule, noTroubleIn, TRIAL_WHY } from '#adapters/no-trouble.ts';
import {
  appName,
  messageReader,
  microseconds,
  type NoAlert,
  type Posted,
  type PostedAlert,
} from '#adapters/posted-message.ts';
import { isHeartbeat } from '#model/incident/heartbeat.ts';
import { legacyState, panelKey } from './legacy.ts';

export const readGrafanaMessage = messageReader({ source: 'grafana', isOwn, read });

const Footed = z.looseObject({ footer: z.string().regex(/^Grafana v\d/) });

function isOwn(message: Posted): boolean {
  return (
    /^grafana\b/i.test(appName(message)) || (message.attachments ?? []).some((one) => Footed.safeParse(one).success)
  );
}

/** Before version 9: `[Alerting] High load`, linked with the rule's panel. */
const LEGACY_TITLE = /^\[(Alerting|OK|No Data|Pending|Paused)\]\s*(\S.*)$/is;

function readLegacy({ lines }: Said): PostedAlert | NoAlert | undefined {
  for (const { links } of lines) {
    for (const { url, label } of links) {
      const [, said, name = ''] = LEGACY_TITLE.exec(label) ?? [];
      if (said === undefined) continue;
      return legacyAlert({ said, name: name.trim(), url, lines });
    }
  }
  return undefined;
}

type LegacyTitle = Readonly<{ said: string; name: string; url: string; lines: Said['lines'] }>;

function legacyAlert({ said, name, url, lines }: LegacyTitle): PostedAlert | NoAlert {
  const state = legacyState(said);
  if (state === undefined) return { noAlert: `a rule that is ${said} neither fires nor is over` };
  const noTrouble = noTroubleIn(name);
  if (noTrouble !== undefined) return { noAlert: noTrouble };
  const series = [...new Set(lines.flatMap(({ text }) => SERIES.exec(text.slice(0, 500))?.[1] ?? []))];
  return {
    key: panelKey(url) || `${url} ${name}`,
    title: name,
    state,
    // A series is named after what it measures: a metric, a host or a service.
    service: stemOf(series) || serviceInTitle(name),
    severity: '',
    url,
    labels: labelsOf({ series: series.join(', ') }),
  };
}

/** `cart: 3.4`, the series and its value; a name of one word may be any metric's. */
const SERIES = /^([a-z][a-z0-9]{0,60}(?:[-_.][a-z0-9]{1,60}){1,8}): -?[\d.]{1,40}$/i;

/**
 * The name of the only series. Of several instances, their common name without the number at the end: `cart` for `cart-1`
 * and `cart-2`. Empty for series of different things.
 */
function stemOf(series: readonly string[]): string {
  if (series.length === 1) return series[0] ?? '';
  const [stem = '', ...others] = new Set(series.map((name) => /^(.{2,60})[-_.]\d{1,4}$/.exec(name)?.[1] ?? ''));
  return others.length === 0 ? stem : '';
}

const TITLE = /^\[(FIRING|RESOLVED)(?::\d{1,6})?(?:, RESOLVED:\d{1,6})?\]\s*(.+)$/s;

function read(said: Said, message: Posted): PostedAlert | NoAlert | undefined {
  const { lines } = said;
  const titled = lines.map(({ text }) => text).find((text) => TITLE.test(text));
  const [, state, rest = ''] = TITLE.exec(titled ?? '') ?? [];
  if (state === undefined) return readLegacy(said);
  const labels = labelsIn(lines.map(({ text }) => text));
  const links = linksIn(lines.map(({ text }) => text));
  const { summary = '', ...others } = labels.annotations;
  const { alertname = rest.trim(), ...own } = labels.labels;
  const grouped = labelsOf({ ...own, alertname });
  if (isHeartbeat(grouped)) return { noAlert: HEARTBEAT_WHY };
  if (isTrialRule(grouped)) return { noAlert: TRIAL_WHY };
  const isOver = state === 'RESOLVED';
  return {
    key: `${rest.trim()}/${Object.entries(grouped)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(',')}`,
    title: [alertname, summary].filter((part) => part !== '').join(': '),
    state: isOver ? 'resolved' : 'triggered',
    service: serviceOf(grouped),
    severity: grouped.severity ?? '',
    url: links.source ?? links.panel ?? links.dashboard ?? '',
    labels: grouped,
    ...startOf(links.dashboard ?? links.panel ?? '', message),
    links: labelsOf({ dashboard: links.dashboard, panel: links.panel, runbook: others.runbook_url }),
  };
}

type Sections = Readonly<{ labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> }>;

/** The labels and annotations of the first alert: lines such as ` - alertname = TestAlert` below `Labels:`. */
function labelsIn(lines: readonly string[]): Sections {
  return { labels: listBelow('Labels', lines), annotations: listBelow('Annotations', lines) };
}

function listBelow(heading: string, lines: readonly string[]): Record<string, string> {
  const start = lines.findIndex((line) => line.trim() === `${heading}:`);
  const list: Record<string, string> = {};
  if (start < 0) return list;
  for (const line of lines.slice(start + 1)) {
    const [, name, value = ''] = /^\s*-\s*([\w.:/-]{1,200})\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined) break;
    list[name] ??= value.trim();
  }
  return list;
}

function linksIn(lines: readonly string[]): Readonly<Record<string, string>> {
  const links: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', url = ''] = /^\s*(Source|Dashboard|Panel):\s*(https?:\/\/\S{1,2000})\s*$/.exec(line) ?? [];
    if (name !== '') links[name.toLowerCase()] ??= url;
  }
  return links;
}

/** Grafana's links begin an hour before the alert. */
const BEFORE_US = 3_600_000_000;

function startOf(address: string, { ts }: Posted): Pick<PostedAlert, 'atUs'> {
  const from = /[?&]from=(\d{13})\b/.exec(address)?.[1];
  const atUs = from === undefined ? undefined : Number(from) * 1_000 + BEFORE_US;
  return atUs === undefined || atUs > microseconds(ts) ? {} : { atUs };
}
