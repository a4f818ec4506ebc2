/** `spanhound incidents`: lists the declared incidents, newest first, or the open ones, or shows one. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead, readOnce } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openRecord } from '#cli/record.ts';
import { namesWithoutSlack } from '#compose/demo-names.ts';
import { IncidentNotFoundError, UsageError } from '#core/errors.ts';
import { incidentName, isOver, START_NAMES } from '#model/incident/incident.ts';
import { type Role, roleName } from '#model/incident/roles.ts';
import { readStatsPeriod } from '#model/incident/stats-period.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { durationText } from '#model/text/duration.ts';
import { incidentJson } from '#present/json/incident-json.ts';
import { statsJson } from '#present/json/stats-json.ts';
import { cutTo } from '#present/words/display-width.ts';
import { GROUP_NOTE, statsHead, statsLines, statsSections } from '#present/words/incident-stats.ts';
import { readableMinute } from '#present/words/instant.ts';
import { withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';
import { similarJson, similarText } from '#present/words/similar-incidents.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { findSimilarTo } from '#workflows/incidents/find-similar.ts';
import { countIncidents } from '#workflows/incidents/incident-stats.ts';
import { type ListedIncident, listIncidents } from '#workflows/incidents/list-incidents.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';

export type IncidentsOptions = Readonly<{ open?: true; like?: string; stats?: string; service?: string }>;

export async function incidents(call: Call, options: IncidentsOptions = {}, named?: string): Promise<number> {
  const { open, like, stats, service } = options;
  refuseSeveral({ 'an incident': named, '--open': open, '--like': like, '--stats': stats });
  if (service !== undefined && stats === undefined) {
    throw new UsageError('--service belongs to --stats', 'Usage: spanhound incidents --stats 30d --service checkout');
  }
  if (named !== undefined) return await one(call, named);
  if (stats !== undefined) return await numbers(call, stats, service ?? '');
  if (like !== undefined) return await alike(call, like);
  return await list(call, open === true);
}

function refuseSeveral(questions: Readonly<Record<string, string | true | undefined>>): void {
  const [first, second] = Object.keys(questions).filter((name) => questions[name] !== undefined);
  if (second === undefined) return;
  throw new UsageError(`${first} and ${second} are two questions`, 'Ask them one after the other.');
}

async function list(call: Call, isOpenOnly: boolean): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const { place, store } = await openRecord(call);
  const all = store ? await readOnce(store, 'incidents', listIncidents(store)) : [];
  const listed = isOpenOnly ? all.filter(({ incident }) => !isOver(incident)) : all;

  const none = all.length === 0 ? `No incident was declared yet in ${place}.\n` : 'No incident is open.\n';
  const lines = text(listed, output.text.width, isOpenOnly ? [sinceOf, spanOf, commanderOf] : [declaredOf, spanOf]);
  const json = listed.map(incidentJson);
  await output.write(output.form === 'json' ? `${JSON.stringify(json, null, 2)}\n` : lines || none);
  return EXIT.done;
}

/** What the list knows of one incident. Its postmortem has the rest. */
async function one(call: Call, named: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const { store } = await openRecord(call);
  if (store === undefined) throw new IncidentNotFoundError(named);
  try {
    const { id } = await findIncidentNamed(store, named);
    const listed = (await listIncidents(store)).filter(({ incident }) => incident.id === id);
    await noteRead(store, { what: 'incident', ...(listed[0] && { incident: listed[0].incident }) });
    const json = listed.map(incidentJson);
    const said = `${text(listed, output.text.width, [declaredOf, spanOf])}${listed.map(factsText).join('')}`;
    await output.write(output.form === 'json' ? `${JSON.stringify(json[0] ?? null, null, 2)}\n` : said);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

function factsText({ incident, start, into }: ListedIncident): string {
  const { declaredUs, declaredBy, detectedBy, detection, status, resolvedUs, roles } = incident;
  const impact =
    start.basis === 'impact'
      ? readableMinute(start.atUs)
      : `unknown: the time above counts from ${START_NAMES[start.basis]} (${readableMinute(start.atUs)})`;
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['Impact since', impact],
    ['Detected by', `${detectedBy}${detection === '' ? '' : `: ${shown(detection)}`}`],
    ['Declared', `${readableMinute(declaredUs)} by ${declaredBy}`],
    status === 'merged'
      ? ['Merged', `into ${into === undefined ? 'another incident' : incidentName(into)}, which has the end`]
      : ['Resolved', resolvedUs === undefined ? 'not yet' : readableMinute(resolvedUs)],
    ...Object.entries(roles).map(([role, who]) => [shown(roleName(role as Role)), shown(`${who}`)] as const),
  ];
  const lines = rows.map(([label, text]) => `  ${label.padEnd(LABEL_COLUMNS)}  ${text}\n`);
  return `${lines.join('')}\nTimeline: spanhound timeline ${incidentName(incident)}. Durations: spanhound postmortem ${incidentName(incident)}\n`;
}

/** `Communications lead` */
const LABEL_COLUMNS = 19;

/** Counts all workspaces and private channels: who can run this on the machine with the data can read all of it anyway. */
async function numbers(call: Call, typed: string, service: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const period = readStatsPeriod(typed);
  if (period === undefined) throw new UsageError(`${typed} is no period`, 'Write 30d, 90d or month.');
  const { place, store } = await openRecord(call);
  if (store === undefined) {
    await output.write(output.form === 'json' ? 'null\n' : `No incident was declared yet in ${place}.\n`);
    return EXIT.done;
  }
  const stats = await readOnce(store, 'stats', countIncidents(store, { period, service }));
  const asked = { stats, period, service };
  const rows = statsLines(asked).map(({ label, time, within, note }) => [label, `${time}${within}`, note] as const);
  const [labelWidth, timeWidth] = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    ([label, time, note]) => `  ${label.padEnd(labelWidth ?? 0)} ${time.padEnd(timeWidth ?? 0)} ${note}\n`,
  );
  const sections = statsSections(stats);
  const groups = sections.map(
    ({ title, groups: ofTitle }) =>
      `${capitalised(title)}:\n${ofTitle.map(({ name, text: said }) => `  ${name}: ${said}\n`).join('')}`,
  );
  const noted = sections.length === 0 ? '' : `${GROUP_NOTE}\n`;
  const text = `${statsHead(asked)}\n${lines.length === 0 ? '' : 'Medians:\n'}${lines.join('')}${groups.join('')}${noted}`;
  await output.write(output.form === 'json' ? `${JSON.stringify(statsJson(stats), null, 2)}\n` : text);
  return EXIT.done;
}

/** Earlier incidents that are similar to one of them. */
async function alike(call: Call, name: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const { store } = await openRecord(call);
  if (store === undefined) throw new IncidentNotFoundError(name);
  try {
    const { incident, similar } = await findSimilarTo(store, await findIncidentNamed(store, name), SHOW_ALL);
    await noteRead(store, { what: 'similar', incident });
    const of = incidentName(incident);
    const none =
      similar === undefined ? `${of} has no diagnosis to compare with others.\n` : `No incident is similar to ${of}.\n`;
    const json = { incident: of, similar: similarJson(similar ?? []) };
    await output.write(
      output.form === 'json' ? `${JSON.stringify(json, null, 2)}\n` : similarText(similar ?? []) || none,
    );
    return EXIT.done;
  } finally {
    await store.close();
  }
}

type Column = (listed: ListedIncident) => string;

function text(listed: readonly ListedIncident[], width: number, columns: readonly Column[]): string {
  const rows = listed.map((one) => [
    incidentName(one.incident),
    one.incident.severity,
    one.incident.status,
    ...columns.map((column) => column(one)),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row, index) => {
      const facts = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
      const title = shown(listed[index]?.incident.title ?? '');
      return `${facts}  ${cutTo(title, Math.max(TITLE_COLUMNS, width - facts.length - 2))}\n`;
    })
    .join('');
}

function declaredOf({ incident }: ListedIncident): string {
  return readableMinute(incident.declaredUs);
}

function sinceOf({ start }: ListedIncident): string {
  return `since ${readableMinute(start.atUs)}`;
}

function commanderOf({ incident: { workspaceId, roles } }: ListedIncident): string {
  const { commander } = roles;
  if (commander === undefined) return 'no commander';
  return cutTo(shown(withNames(commander, namesWithoutSlack(workspaceId))), TITLE_COLUMNS);
}

/** `took 34 min`; `took 26 min from the first alert` where nobody knows when the impact began. */
function spanOf({ incident: { status }, start, lastedUs }: ListedIncident): string {
  // It has no end of its own.
  if (status === 'merged') return '';
  const from = start.basis === 'impact' ? '' : ` from ${START_NAMES[start.basis]}`;
  return `${status === 'resolved' ? 'took' : 'open for'} ${durationText(lastedUs)}${from}`;
}

/** Even on a narrow terminal, titles stay distinguishable with this many characters. */
const TITLE_COLUMNS = 20;
