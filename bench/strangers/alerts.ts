/**
 * Counts how alert payloads are read whose author had not seen the readers.
 *
 *   node bench/strangers/alerts.ts [--show] [FILE…]
 *
 * Reads each body as `spanhound alert try` does. A case is right if its service, its state and its key are: a key has to
 * be the same as, or another than, that of the case that it names. The start, the title, the severity and the trace ID
 * are counted apart.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { composeKnownAlerts } from '#compose/alert-reader.ts';
import { jsonIn } from '#listeners/webhooks/stored-body.ts';
import type { Alert } from '#model/incident/alert.ts';
import { serviceLabelOf } from '#model/incident/alert-service.ts';
import { bodiesIn, type FoundAlert, firstRead } from '#workflows/alerts/read-alert.ts';

type Expected = Readonly<{
  understood: boolean;
  /** Where no alert is expected: one in these states is right too, for it starts no investigation. */
  orState?: readonly string[];
  /** Any of them is right; an empty list is not judged. */
  service?: readonly string[];
  state?: string;
  sameKeyAs?: string;
  differentKeyFrom?: string;
  severity?: readonly string[];
  /** A part of it. */
  title?: string;
  /** ISO 8601; equal to the second. */
  startedAt?: string;
  /** Null: none may be found. */
  traceId?: string | null;
}>;

type Case = Readonly<{
  id: string;
  vendor: string;
  via: 'webhook' | 'slack';
  headers?: Readonly<Record<string, string>>;
  /** The JSON, or the text of a body that is none. */
  body: unknown;
  expect: Expected;
  why: string;
}>;

type Judged = Readonly<{
  case: Case;
  outcome: 'alert' | 'note' | 'refused' | 'silent';
  /** The first of the reasons: what was read instead. */
  why: string;
  /** What is wrong of service, state and key, and whether there is an alert at all. */
  wrong: readonly string[];
  /** What is wrong of the other fields. */
  alsoWrong: readonly string[];
}>;

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&#39;', "'"],
  ['&amp;', '&'],
];

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const { readers } = await composeKnownAlerts({});
for (const file of positionals.length > 0 ? positionals : ownRounds()) {
  score(basename(file), JSON.parse(gunzipSync(readFileSync(file)).toString()) as readonly Case[]);
}

function ownRounds(): string[] {
  const files = readdirSync(FOLDER).filter((name) => /^alerts-\d+\.json\.gz$/.test(name));
  return files.sort().map((name) => FOLDER + name);
}

function score(file: string, cases: readonly Case[]): void {
  const found = new Map(cases.map((each) => [each.id, readOf(each)]));
  const judged = cases.map((each) => judge(each, found));
  if (values.show) for (const each of judged) show(each);
  for (const [vendor, list] of [...Map.groupBy(judged, (each) => each.case.vendor)].sort()) {
    console.log(`  ${vendor.padEnd(14)} ${countsOf(list)}`);
  }
  console.log(`${file}: ${countsOf(judged)}`);
}

function readOf({ body }: Case): FoundAlert | undefined {
  const read = typeof body === 'string' ? jsonIn(new TextEncoder().encode(body)) : body;
  return firstRead(bodiesIn(read), readers);
}

function judge(each: Case, found: ReadonlyMap<string, FoundAlert | undefined>): Judged {
  const { expect, id } = each;
  const outcome = found.get(id)?.outcome;
  const alert = outcome?.kind === 'alert' ? outcome.alert : undefined;
  const kind = outcomeOf(each, outcome);
  const why = outcome !== undefined && 'why' in outcome ? outcome.why : '';
  if (isNoteAsExpected(expect, kind)) return { case: each, outcome: kind, why, wrong: [], alsoWrong: [] };
  if (!expect.understood || alert === undefined) {
    const isRight = expect.understood === (alert !== undefined) || isHarmless(alert, expect);
    return { case: each, outcome: kind, why, wrong: isRight ? [] : ['understood'], alsoWrong: [] };
  }
  const keyOf = (other: string) => {
    const read = found.get(other)?.outcome;
    return read?.kind === 'alert' ? `${read.alert.source}/${read.alert.key}` : undefined;
  };
  return {
    case: each,
    outcome: kind,
    why,
    wrong: [...wrongService(alert, expect), ...wrongState(alert, expect), ...wrongKey(keyOf(id), expect, keyOf)],
    alsoWrong: wrongBesides(alert, expect),
  };
}

/** What only reports a step of somebody is read as a note: a line in the alert's thread. */
function isNoteAsExpected({ state }: Expected, outcome: Judged['outcome']): boolean {
  return state === 'note' && outcome === 'note';
}

function isHarmless(alert: Alert | undefined, { understood, orState = [] }: Expected): boolean {
  return !understood && alert !== undefined && orState.includes(alert.state);
}

/** The web server refuses a body that no reader knows; a message that none knows stays without an answer. */
function outcomeOf({ via }: Case, outcome: FoundAlert['outcome'] | undefined): Judged['outcome'] {
  if (outcome?.kind === 'alert' || outcome?.kind === 'note') return outcome.kind;
  return outcome === undefined && via === 'slack' ? 'silent' : 'refused';
}

function wrongService({ service, labels }: Alert, expect: Expected): string[] {
  const wanted = expect.service ?? [];
  const said = plain(service || (labels[serviceLabelOf(labels) ?? ''] ?? ''));
  return wanted.length === 0 || wanted.some((name) => plain(name) === said) ? [] : [`service "${said}"`];
}

function wrongState({ state }: Alert, expect: Expected): string[] {
  return expect.state === undefined || expect.state === state ? [] : [`state ${state}`];
}

function wrongKey(
  key: string | undefined,
  { sameKeyAs, differentKeyFrom }: Expected,
  keyOf: (id: string) => string | undefined,
): string[] {
  const same = sameKeyAs === undefined ? key : keyOf(sameKeyAs);
  const other = differentKeyFrom === undefined ? '' : keyOf(differentKeyFrom);
  return same === key && other !== undefined && other !== key ? [] : [`key ${key}, not ${same}, other ${other}`];
}

function wrongBesides(alert: Alert, { startedAt, title, severity, traceId }: Expected): string[] {
  const seconds = Math.floor(alert.atUs / 1e6);
  const wrong: string[] = [];
  if (startedAt !== undefined && seconds !== Math.floor(Date.parse(startedAt) / 1e3)) {
    wrong.push(`start ${new Date(alert.atUs / 1e3).toISOString()}`);
  }
  if (title !== undefined && !plain(alert.title).includes(plain(title))) wrong.push(`title "${alert.title}"`);
  if (severity !== undefined && !severity.some((name) => plain(name) === plain(alert.severity))) {
    wrong.push(`severity "${alert.severity}"`);
  }
  if (traceId !== undefined && (traceId ?? '') !== alert.traceId) wrong.push(`trace "${alert.traceId}"`);
  return wrong;
}

function plain(text: string): string {
  return ENTITIES.reduce((said, [entity, character]) => said.replaceAll(entity, character), text)
    .trim()
    .toLowerCase();
}

function countsOf(list: readonly Judged[]): string {
  const wanted = list.filter(({ case: { expect } }) => expect.understood);
  const understood = wanted.filter(
    ({ case: { expect }, outcome }) => outcome === 'alert' || isNoteAsExpected(expect, outcome),
  );
  const right = list.filter(({ wrong }) => wrong.length === 0);
  const refused = wanted.filter(
    (each) => !understood.includes(each) && (each.outcome === 'refused' || each.outcome === 'note'),
  );
  const silent = wanted.filter(({ outcome }) => outcome === 'silent');
  const besides = understood.filter(({ alsoWrong }) => alsoWrong.length > 0);
  return [
    `${right.length} of ${list.length} right`,
    `${understood.length} of ${wanted.length} understood`,
    `${refused.length} refused`,
    `${silent.length} silent`,
    `${besides.length} with another field wrong`,
  ].join(', ');
}

function show({ case: { id, why, expect }, outcome, why: reason, wrong, alsoWrong }: Judged): void {
  if (wrong.length + alsoWrong.length === 0) return;
  console.log(`── ${id}: ${why}\n   expected ${JSON.stringify(expect)}`);
  if (wrong.length > 0) console.log(`   WRONG ${wrong.join('; ')} (${outcome}${reason === '' ? '' : `: ${reason}`})`);
  if (alsoWrong.length > 0) console.log(`   also ${alsoWrong.join('; ')}`);
}
