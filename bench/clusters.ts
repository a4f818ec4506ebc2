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
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Report } from '#present/json/report.ts';
import { saysCause } from './accuracy/clusters/cause-words.ts';
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

const BODIES = { logs: 'logs.jsonl', metrics: 'metrics.json', platform: 'platform.json' } as const;

const { values } = parseArgs({
  options: {
    half: { type: 'string' },
    show: { type: 'boolean' },
    json: { type: 'boolean' },
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
  const kinds = [...Map.groupBy(all, ({ truth }) => `${truth.class} ${truth.cause}`)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const classes = [...Map.groupBy(all, ({ truth }) => truth.class)].sort(([a], [b]) => (a < b ? -1 : 1));
  const halves = [...Map.groupBy(all, ({ half }) => half)].sort(([a], [b]) => (a < b ? -1 : 1));
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
  return (['first', 'words', 'wrong', 'silent'] as const).map((what) => {
    const count = of.filter((one) => one[what]).length;
    return `${count} (${(count / of.length).toFixed(2)})`;
  });
}
