/**
 * `node bench/metrics-alone.ts`: how often the guilty service comes first where metrics are all there is, beside a score
 * that anyone can compute. Windows keep their metrics only: no traces, no lines, no changes.
 *
 *   ours    the service of the diagnosis, or of the first finding where there is no diagnosis
 *   prism   PRISM: the largest z of what happens inside a service, plus the largest of what its callers see
 *
 *   node bench/metrics-alone.ts                    the recorded releases beside the checkout, in `../shared/cases-changes`
 *   node bench/metrics-alone.ts windows-13 …       windows of `bench/strangers` with a fault, a service and metrics
 *   --show                                         each window whose service did not come first in ours
 *   --write                                        the counts of these sets, and the table in docs/accuracy.md
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { metricsBody } from '#decode/metrics-json.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { sharePoints } from '#model/metrics/error-shares.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Points } from '#model/stats/trend.ts';
import {
  COUNTS_FILE,
  type Counts,
  countsNow,
  metricsAloneTable,
  metricsAloneText,
} from './accuracy/metrics-alone-page.ts';
import { reportOf } from './accuracy/windows/report.ts';

type Asked = Readonly<{ id: string; folder: string; guilty: readonly string[] }>;
type Window = Readonly<{ fromUs: number; toUs: number }>;
type Answer = Readonly<{ set: string; id: string; guilty: readonly string[]; ours: string; prism: string }>;

const RELEASES = fileURLToPath(new URL('../../shared/cases-changes', import.meta.url));
const STRANGERS = fileURLToPath(new URL('strangers', import.meta.url));

const PAGE = new URL('../docs/accuracy.md', import.meta.url);

const { values, positionals } = parseArgs({
  options: { show: { type: 'boolean' }, write: { type: 'boolean' } },
  allowPositionals: true,
});

/** What callers see; traffic is neither this nor something inside. */
const SEEN: ReadonlySet<Measured['concept']> = new Set(['latency', 'error_share', 'errors']);
const TRAFFIC: ReadonlySet<Measured['concept']> = new Set(['requests', 'spans', 'log_lines', 'log_errors']);

/** Fewer points have no spread. */
const FEWEST_BEFORE = 5;
/** A series that never moved would make any change endless: its spread is at least this share of its mean. */
const LEAST_SPREAD = 0.01;

const answers: Answer[] = [];
for (const set of positionals.length === 0 ? ['cases-changes'] : positionals) {
  for (const asked of positionals.length === 0 ? releases() : strangers(set)) {
    const found = await answered(set, asked);
    if (found !== undefined) answers.push(found);
  }
}
tell();

function releases(): readonly Asked[] {
  const file = join(RELEASES, 'truth.json');
  if (!existsSync(file)) {
    console.log(`no recorded releases in ${RELEASES}: nothing was measured`);
    return [];
  }
  const truth = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Readonly<{ service: string }>>;
  return Object.entries(truth).map(([id, { service }]) => ({ id, folder: join(RELEASES, id), guilty: [service] }));
}

type Expected = Readonly<{
  id: string;
  verdict?: string;
  services?: readonly string[];
  files?: Readonly<{ case?: string }>;
}>;

function strangers(set: string): readonly Asked[] {
  const place = mkdtempSync(join(tmpdir(), 'spanhound-metrics-'));
  execFileSync('tar', ['xzf', join(STRANGERS, `${set}.tar.gz`), '-C', place]);
  const root = join(place, set);
  if (existsSync(join(root, 'gen.py'))) execFileSync('python3', ['gen.py'], { cwd: root, stdio: 'ignore' });
  const cases = JSON.parse(readFileSync(join(root, 'cases.json'), 'utf8')) as readonly Expected[];
  return cases.flatMap(({ id, verdict, services = [], files }) =>
    verdict === 'fault' && services.length > 0 ? [{ id, folder: join(root, files?.case ?? id), guilty: services }] : [],
  );
}

async function answered(set: string, { id, folder, guilty }: Asked): Promise<Answer | undefined> {
  const text = metricsIn(folder);
  if (text === undefined) return undefined;
  const window = windowOf(folder);
  const report = await reportOf({ metrics: text }, window);
  const ours = report?.diagnosis?.service ?? report?.findings[0]?.service ?? '';
  return { set, id, guilty, ours, prism: prism(seriesOf(text), window) };
}

function metricsIn(folder: string): string | undefined {
  const file = join(folder, 'metrics.json');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  return existsSync(`${file}.gz`) ? gunzipSync(readFileSync(`${file}.gz`)).toString('utf8') : undefined;
}

function seriesOf(text: string): readonly Series[] {
  const body = metricsBody('metrics.json');
  body.push(new TextEncoder().encode(text));
  return body.end();
}

function windowOf(folder: string): Window {
  const { window } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
    window: Readonly<{ from: string; to: string }>;
  };
  return { fromUs: Date.parse(window.from) * 1_000, toUs: Date.parse(window.to) * 1_000 };
}

/** The service with the largest score; empty where nothing has a past. */
function prism(series: readonly Series[], window: Window): string {
  const scores = new Map<string, { inside: number; seen: number }>();
  const add = (service: string, side: 'inside' | 'seen', z: number) => {
    const known = scores.get(service) ?? { inside: 0, seen: 0 };
    scores.set(service, { ...known, [side]: Math.max(known[side], z) });
  };
  for (const one of measured(series)) {
    if (one.service === '' || one.scope === 'node' || TRAFFIC.has(one.concept)) continue;
    add(one.service, SEEN.has(one.concept) ? 'seen' : 'inside', largestZ(one, window));
  }
  for (const { service, points } of sharePoints(series)) add(service, 'seen', largestZ(points, window));
  const [first] = [...scores].sort(([, a], [, b]) => b.inside + b.seen - a.inside - a.seen);
  return first === undefined ? '' : first[0];
}

function largestZ({ atUs, values: all }: Points, { fromUs, toUs }: Window): number {
  const points = Array.from(all, (value, at) => ({ value, us: atUs[at] ?? 0 })).filter(
    ({ value }) => !Number.isNaN(value),
  );
  const past = points.flatMap(({ us, value }) => (us < fromUs ? [value] : []));
  if (past.length < FEWEST_BEFORE) return 0;
  const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
  const spread = Math.sqrt(past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1));
  const least = Math.max(spread, Math.abs(mean) * LEAST_SPREAD, 1e-6);
  return points.reduce(
    (most, { us, value }) => (us < fromUs || us > toUs ? most : Math.max(most, Math.abs(value - mean) / least)),
    0,
  );
}

function isGuilty(service: string, guilty: readonly string[]): boolean {
  return guilty.some((name) => serviceKey(name) === serviceKey(service));
}

function tell(): void {
  for (const { id, guilty, ours, prism: other } of values.show ? answers : [])
    if (!isGuilty(ours, guilty))
      console.log(`── ${id}: ${guilty.join('/')}, ours ${ours || 'none'}, prism ${other || 'none'}`);
  const counts: Counts = Object.fromEntries(
    [...Map.groupBy(answers, ({ set }) => set)].map(([set, of]) => [
      set,
      {
        windows: of.length,
        ours: of.filter((one) => isGuilty(one.ours, one.guilty)).length,
        prism: of.filter((one) => isGuilty(one.prism, one.guilty)).length,
      },
    ]),
  );
  console.log(metricsAloneTable(counts));
  if (values.write) write({ ...countsNow(), ...counts });
}

function write(counts: Counts): void {
  writeFileSync(COUNTS_FILE, `${JSON.stringify(counts, undefined, 2)}\n`);
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf('## Metrics alone\n'), page.indexOf('\n## Kubernetes\n')];
  if (from < 0 || to < from) throw new Error('docs/accuracy.md has no part about metrics alone');
  writeFileSync(PAGE, `${page.slice(0, from)}${metricsAloneText(counts)}\n${page.slice(to)}`);
}
