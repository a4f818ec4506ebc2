/** Reads what strangers typed behind `/incident`, into a form's day and behind `--from`, and counts what was understood. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type IncidentRequest, readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { offsetAt, readZone, UTC } from '#utilities/time-zone.ts';
import { readDueDay } from '#workflows/action-items/due-day.ts';
import { isoDay } from '#workflows/times/spoken-day.ts';
import { readWholeTime, resolveTime, type SpokenTime } from '#workflows/times/spoken-time.ts';

type Meaning = Readonly<Record<string, unknown>>;
type Case = Readonly<{
  id: string;
  now: string;
  zone: string;
  typed: string;
  kind: 'incident' | 'due' | 'cli';
  expect: Meaning;
  accept: readonly Meaning[];
  why: string;
}>;

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const cases = JSON.parse(readFileSync(positionals[0] ?? '', 'utf8')) as readonly Case[];
let meant = 0;
let bearable = 0;
for (const each of cases) {
  const got = readAs(each);
  if (isSame(got, each.expect)) meant += 1;
  else if (each.accept.some((one) => isSame(got, one))) bearable += 1;
  else if (values.show)
    console.log(
      `── ${each.id} (${each.now}, ${each.zone}): ${each.typed}\n   ${JSON.stringify(got)}\n   want ${JSON.stringify(each.expect)} ${JSON.stringify(each.accept)}: ${each.why}`,
    );
}
console.log(
  `${meant} of ${cases.length} as meant, ${bearable} more acceptable, ${cases.length - meant - bearable} wrong`,
);

function readAs(each: Case): Meaning {
  if (each.kind === 'due') return dueAs(each.typed, each);
  if (each.kind === 'incident') {
    const request = readIncidentRequest(each.typed);
    return { ...('number' in request && { number: request.number }), ...incidentAs(request, each) };
  }
  const when = readWholeTime(each.typed);
  if ('problem' in when) return { refused: true, problem: when.problem };
  return impactOf(timeAs(when, each));
}

function incidentAs(request: IncidentRequest, each: Case): Meaning {
  switch (request.verb) {
    case 'unclear':
    case 'unknown':
      return { refused: true, problem: request.problem };
    case 'declare': {
      const { severity = 'default', title } = request;
      return title === '' ? { form: { severity } } : { declare: { severity, title } };
    }
    case 'impact':
      return impactOf(timeAs(request.when, each));
    case 'note':
    case 'tried':
    case 'helped':
    case 'update':
    case 'status':
      return entryOf(request, timeAs(request.when, each));
    case 'reopen': {
      const at = timeAs(request.when, each);
      return at.refused === true ? at : { reopen: { ...at, text: request.text } };
    }
    case 'rename':
      return { rename: { title: request.title } };
    case 'link':
      return { link: { ...request.target, label: request.label } };
    case 'stats':
      return { stats: { ...request.period, service: request.service } };
    case 'channel':
      return { channel: true };
    case 'page':
      return { page: { ...request.target, text: request.text } };
    case 'merge':
      return { merge: { other: request.other } };
    case 'severity':
      return { severity: request.severity, reason: request.text };
    case 'item-state':
      return { item: { number: request.item, state: request.state, reason: request.reason } };
    case 'role':
      return { role: { role: request.role } };
    case 'action':
      return { ...dueAs(request.due, each), text: request.text };
    default:
      return { verb: request.verb };
  }
}

function entryOf(
  request: Extract<IncidentRequest, { verb: 'note' | 'tried' | 'helped' | 'update' | 'status' }>,
  at: Meaning,
): Meaning {
  if (at.refused === true) return at;
  const { text } = request;
  return request.verb === 'status'
    ? { status: { status: request.status, ...at, text } }
    : { [request.verb]: { ...at, text } };
}

function impactOf(at: Meaning): Meaning {
  return at.refused === true ? at : { impact: at };
}

function timeAs(when: SpokenTime | undefined, { now, zone }: Case): Meaning {
  if (when === undefined) return { at: 'now' };
  const resolved = resolveTime(when, { nowUs: Date.parse(now) * 1_000, own: readZone(zone) ?? UTC });
  return 'problem' in resolved
    ? { refused: true, problem: resolved.problem }
    : { at: `${new Date(resolved.us / 1_000).toISOString().slice(0, 16)}Z` };
}

function dueAs(typed: string, { now, zone }: Case): Meaning {
  const seconds = Date.parse(now) / 1_000;
  const today = Math.floor((seconds + offsetAt(readZone(zone) ?? UTC, seconds)) / 86_400);
  const read = readDueDay(typed, today);
  if ('problem' in read) return { refused: true, problem: read.problem };
  return read.day < today ? { refused: true } : { due: isoDay(read.day) };
}

function isSame(got: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return String(got).trim() === String(wanted).trim();
  if (typeof got !== 'object' || got === null) return false;
  return Object.entries(wanted).every(([name, value]) => isSame((got as Meaning)[name], value));
}
