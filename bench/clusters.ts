/**
 * `node bench/clusters.ts`: how often the faulty object of recorded Kubernetes faults comes first, and how often its
 * cause is said in words, by kind of fault. The cases lie beside the checkout; without them it says so and ends.
 *
 *   first    the first finding, or the diagnosis, is about the faulty object
 *   words    and its sentences name the cause (`bench/accuracy/clusters/cause-words.ts`)
 *   wrong    likely or confirmed, with another object
 *   silent   no diagnosis at all
 *
 *   --half read|unread   one half of the cases, by a hash of their folder's name
 *   --show               each case that is not right in words, of the half that may be read
 *   --cause WORD         only kinds of faults with this word in their name
 *   --json               each case with its answer, one a line
 *   --write              the counts into bench/accuracy/clusters/measured.json, and the table into docs/accuracy.md
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Report } from '#present/json/report.ts';
import { saysCause } from './accuracy/clusters/cause-words.ts';
import { type Counts, clustersText, MEASURED_FILE, type Measured } from './accuracy/clusters/page.ts';
import { table } from './accuracy/tables.ts';
import { reportOf, type WindowBodies } from './accuracy/windows/report.ts';

const CASES = fileURLToPath(new URL('../../shared/cases-k8s', import.meta.url));

type Truth = Readonly<{ class: string; cause: string; object: string; objectKind: 'app' | 'node' | 'namespace' }>;
type Half = 'read' | 'unread';
type Scored = Readonly<{
  id: string;
  truth: Truth;
  half: Half;
  first: boolean;
  words: boolean;
  wrong: boolean;
  silent: boolean;
  said: string;
}>;

const PAGE = new URL('../docs/accuracy.md', import.meta.url);

const BODIES = { logs: 'logs.jsonl', metrics: 'metrics.json', platform: 'platform.json' } as const;

const { values } = parseArgs({
  options: {
    half: { type: 'string' },
    show: { type: 'boolean' },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    cause: { type: 'string' },
  },
  allowPositionals: true,
});

if (existsSync(join(CASES, 'truth.json'))) await measure();
else console.log(`no recorded faults in ${CASES}: nothing was measured`);

async function measure(): Promise<void> {
  const truths = JSON.parse(readFileSync(join(CASES, 'truth.json'), 'utf8')) as Record<string, Truth>;
  const all: Scored[] = [];
  for (const [id, truth] of Object.entries(truths)) {
    const half = halfOf(id);
    if (isWanted(truth, half)) all.push(await scored(id, truth, half));
  }
  if (values.json) for (const one of all) console.log(JSON.stringify(one));
  if (values.show) for (const one of all.filter(({ words, half }) => !words && half === 'read')) show(one);
  console.log(tableOf(all));
  if (values.write) write(all);
}

/** Keeps the counts and renews the table. Refuses a run over some of the cases: it would replace the counts of all. */
function write(all: readonly Scored[]): void {
  if (values.half !== undefined || values.cause !== undefined) throw new Error('--write needs all cases');
  const groups = [
    ...byName(all, ({ truth }) => truth.class),
    ...byName(all, ({ half }) => half),
    ['all', all] as const,
  ];
  const measured: Measured = Object.fromEntries(groups.map(([name, of]) => [name, countsOf(of)]));
  writeFileSync(MEASURED_FILE, `${JSON.stringify(measured, undefined, 2)}\n`);
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf('## Kubernetes\n'), page.indexOf('\n## Verdicts on many requests')];
  if (from < 0 || to < from) throw new Error('docs/accuracy.md has no part about Kubernetes');
  writeFileSync(PAGE, `${page.slice(0, from)}${clustersText(measured)}\n${page.slice(to)}`);
}

function countsOf(of: readonly Scored[]): Counts {
  const count = (what: Exclude<keyof Counts, 'cases'>) => of.filter((one) => one[what]).length;
  return {
    cases: of.length,
    first: count('first'),
    words: count('words'),
    wrong: count('wrong'),
    silent: count('silent'),
  };
}

function byName(all: readonly Scored[], nameOf: (one: Scored) => string): [string, Scored[]][] {
  return [...Map.groupBy(all, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1));
}

function isWanted({ cause }: Truth, half: Half): boolean {
  return (values.half ?? half) === half && (values.cause === undefined || cause.includes(values.cause));
}

function halfOf(id: string): Half {
  const digest = createHash('sha256').update(id).digest();
  return (digest.at(-1) ?? 0) % 2 === 0 ? 'read' : 'unread';
}

async function scored(id: string, truth: Truth, half: Half): Promise<Scored> {
  const report = await reportOf(bodiesOf(id), timeOf(id));
  const { diagnosis = null, findings = [] } = report ?? {};
  const [told] = findings;
  const isSure = diagnosis?.status === 'likely' || diagnosis?.status === 'confirmed';
  const named = [diagnosis?.service, told?.service].map((name) => name ?? '');
  const first = diagnosis !== null && named.some((name) => isObject(name, truth));
  const text = [diagnosis?.verdict, told?.title, told?.explanation].join('\n');
  return {
    id,
    truth,
    half,
    first,
    words: first && saysCause(truth.cause, text),
    wrong: isSure && !first,
    silent: diagnosis === null,
    said: saidIn(diagnosis, told),
  };
}

/** A name in the evidence may carry its namespace. */
function isObject(name: string, { object }: Truth): boolean {
  return name === object || name.split('/').at(-1) === object;
}

function saidIn(diagnosis: Report['diagnosis'], told: Report['findings'][number] | undefined): string {
  if (diagnosis === null) return 'nothing';
  return `${diagnosis.status} ${diagnosis.kind} ${diagnosis.service}: ${diagnosis.verdict} | ${told?.explanation ?? ''}`;
}

function bodiesOf(id: string): WindowBodies {
  return Object.fromEntries(
    Object.entries(BODIES).flatMap(([kind, file]) => {
      const path = join(CASES, id, `${file}.gz`);
      return existsSync(path) ? [[kind, gunzipSync(readFileSync(path)).toString('utf8')]] : [];
    }),
  );
}

function timeOf(id: string): Readonly<{ fromUs: number; toUs: number }> {
  const { window } = JSON.parse(readFileSync(join(CASES, id, 'case.json'), 'utf8')) as {
    window: Readonly<{ from: string; to: string }>;
  };
  return { fromUs: Date.parse(window.from) * 1_000, toUs: Date.parse(window.to) * 1_000 };
}

function show({ id, truth, said, first }: Scored): void {
  console.log(`── ${id} ${truth.cause} at ${truth.object}: ${first ? 'words' : 'OBJECT'}\n   ${said}`);
}

function tableOf(all: readonly Scored[]): string {
  const kinds = byName(all, ({ truth }) => `${truth.class} ${truth.cause}`);
  const classes = byName(all, ({ truth }) => truth.class);
  const halves = byName(all, ({ half }) => half);
  return table([
    ['kind', 'cases', 'first', 'words', 'wrong', 'silent'],
    ...[...kinds, ...classes, ...halves, ['all', all] as const].map(([name, of]) => [
      name,
      `${of.length}`,
      ...sharesOf(of),
    ]),
  ]);
}

function sharesOf(of: readonly Scored[]): readonly string[] {
  const { cases, ...counts } = countsOf(of);
  return Object.values(counts).map((count) => `${count} (${(count / cases).toFixed(2)})`);
}
