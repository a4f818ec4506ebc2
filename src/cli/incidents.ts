/** `spanhound incidents`: lists the declared incidents, newest first, or shows one. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { openRecord } from '#cli/record.ts';
import { IncidentNotFoundError, UsageError } from '#core/errors.ts';
import { incidentName, START_NAMES } from '#model/incident/incident.ts';
import { type Role, roleName } from '#model/incident/roles.ts';
import { readStatsPeriod } from '#model/incident/stats-period.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { durationText } from '#model/text/duration.ts';
import { incidentJson } from '#present/json/incident-json.ts';
import { statsJson } from '#present/json/stats-json.ts';
import { cutTo } from '#present/words/display-width.ts';
import { GROUP_NOTE, statsHead, statsLines, statsSections } from '#present/words/incident-stats.ts';
import { readableMinute } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';
import { similarJson, similarText } from '#present/words/similar-incidents.ts';
import { findIncidentNamed } from '#workflows/find-incident.ts';
import { findSimilarTo } from '#workflows/find-similar.ts';
import { countIncidents } from '#workflows/incident-stats.ts';
import { type ListedIncident, listIncidents } from '#workflows/list-incidents.ts';
import { SHOW_ALL } from '#workflows/may-show.ts';

export type IncidentsOptions = Readonly<{ like?: string; stats?: string; service?: string }>;

export async function incidents(
  call: Call,
  { like, stats, service }: IncidentsOptions = {},
  named?: string,
): Promise<number> {
  if (named !== undefined && (like ?? stats) !== undefined) {
    throw new UsageError('an incident, --like and --stats are three questions', 'Ask them one after the other.');
  }
  if (named !== undefined) return await one(call, named);
  if (service !== undefined && stats === undefined) {
    throw new UsageError('--service belongs to --stats', 'Usage: spanhound incidents --stats 30d --service checkout');
  }
  if (like !== undefined && stats !== undefined) {
    throw new UsageError('--like and --stats are two questions', 'Ask them one after the other.');
  }
  if (stats !== undefined) return await numbers(call, stats, service ?? '');
  if (like !== undefined) return await alike(call, like);
  const output = openOutput(call, ['text', 'json']);
  const { place, store } = await openRecord(call);
  const listed = store ? await listIncidents(store).finally(() => store.close()) : [];

  const none = `No incident was declared yet in ${place}.\n`;
  const asText = listed.length === 0 ? none : text(listed, output.text.width);
  const json = listed.map(incidentJson);
  await output.write(output.form === 'json' ? `${JSON.stringify(json, null, 2)}\n` : asText);
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
    const json = listed.map(incidentJson);
    const said = `${text(listed, output.text.width)}${listed.map(factsText).join('')}`;
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
  return `${lines.join('')}\nTimeline and durations: spanhound postmortem ${incidentName(incident)}\n`;
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
  const stats = await countIncidents(store, { period, service }).finally(() => store.close());
  const asked = { stats, period, service };
  const lines = statsLines(asked).map(
    ({ label, time, within, note }) => `  ${label.padEnd(20)} ${`${time}${within}`.padEnd(14)} ${note}\n`,
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

function text(listed: readonly ListedIncident[], width: number): string {
  const rows = listed.map((one) => [
    incidentName(one.incident),
    one.incident.severity,
    one.incident.status,
    readableMinute(one.incident.declaredUs),
    spanOf(one),
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

/** `took 34 min`; `took 26 min from the first alert` where nobody knows when the impact began. */
function spanOf({ incident: { status }, start, lastedUs }: ListedIncident): string {
  // It has no end of its own.
  if (status === 'merged') return '';
  const from = start.basis === 'impact' ? '' : ` from ${START_NAMES[start.basis]}`;
  return `${status === 'resolved' ? 'took' : 'open for'} ${durationText(lastedUs)}${from}`;
}

/** Even on a narrow terminal, titles stay distinguishable with this many characters. */
const TITLE_COLUMNS = 20;
