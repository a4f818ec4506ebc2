/**
 * Runs the command line over requests, pairs, windows and clusters that strangers wrote, and counts the right verdicts.
 *
 *   node bench/strangers/verdicts.ts requests-1 [--show] [id…]
 *   node bench/strangers/verdicts.ts windows-1                      drawn by Python 3 first
 *   node bench/strangers/verdicts.ts requests-7 --record FILE       each verdict, as first-verdicts.json has them
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { run as runCommandLine } from '#cli/main.ts';
import type { Report } from '#present/json/report.ts';
import { type FirstVerdict, recordedVerdict, verdictLines } from './first-verdicts.ts';

type Case = Readonly<{
  id: string;
  class: 'fault' | 'twin' | 'healthy';
  how?: 'analyze' | 'verify' | 'investigate';
  files?: Readonly<{
    trace?: string;
    /** The same, as some rounds name it. */
    traces?: string;
    logs?: string;
    baseline?: string;
    changes?: string;
    case?: string;
    before?: string[];
    after?: string[];
  }>;
  /** For a request of the later rounds: what an engineer on call would want to hear. */
  verdict?: 'fault' | 'healthy' | 'unsure';
  /** For a request: the accepted kinds and services of the verdict, and its highest accepted status. */
  kinds?: readonly string[];
  services?: readonly string[];
  status?: 'any' | 'likely' | 'inconclusive';
  /** For a fault: an unsure answer is right, whatever it names. */
  unsureIsRight?: boolean;
  /** Parents of spans that were removed from the file. */
  lostParents?: readonly string[];
  /** The change that has to be named as the cause; empty where none may be. */
  change?: string;
  silentOk?: boolean;
  mustSay?: readonly string[];
  mustNotSay?: readonly string[];
  /** For a pair of files: whether `verify` should confirm the fix. */
  confirmed?: boolean;
  /** For a cluster: the accepted verdict, and names and words that it must hold. */
  expect?: 'nothing-wrong' | 'unsure-or-nothing' | 'likely-or-confirmed';
  object?: string;
  accept?: readonly string[];
  words?: readonly string[];
  why: string;
}>;

type Told = Readonly<Pick<Report, 'diagnosis' | 'findings'>>;
/** `wrong`: each way in which the answer is wrong. `isSure`: its status is likely or confirmed. */
type Judged = Readonly<{
  case: Case;
  said: string;
  kind: string;
  wrong: readonly string[];
  isSure: boolean;
  told?: Told;
}>;

const WRONG_CHANGE = 'names the change';

/** A node at fault has one kind in verdicts, and some cases name the detector. */
const KIND_OF: Readonly<Record<string, string>> = { 'node-trouble': 'node' };

const { values, positionals } = parseArgs({
  options: { show: { type: 'boolean' }, record: { type: 'string' } },
  allowPositionals: true,
});
const [set = '', ...ids] = positionals;
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'spanhound-strangers-'));
const run = promisify(execFile);
await run('tar', ['xzf', join(FOLDER, `${set}.tar.gz`), '-C', place]);
const root = join(place, set);
// Large rounds are kept as the programs that draw them.
if (existsSync(join(root, 'gen.py'))) await run('python3', ['gen.py'], { cwd: root });
const cases = (JSON.parse(readFileSync(join(root, 'cases.json'), 'utf8')) as readonly Case[]).filter(
  ({ id }) => ids.length === 0 || ids.includes(id),
);

// The command line listens at each run, and nobody reads what it prints here.
process.stdout.setMaxListeners(0);
const judged: Judged[] = [];
for (const next of cases) judged.push(await judge(next));
tell();
if (values.record !== undefined) writeFileSync(values.record, verdictLines(judged.flatMap(recordOf)));

async function judge(each: Case): Promise<Judged> {
  if (each.how === 'verify') return await judgePair(each);
  const { traces, trace = traces, logs, baseline, changes, case: folder = each.id } = each.files ?? {};
  const asked =
    trace === undefined
      ? ['investigate', '--case', join(root, folder)]
      : [
          'analyze',
          join(root, trace),
          ...option('--logs', logs),
          ...option('--baseline', baseline),
          ...option('--changes', changes),
        ];
  const { answer } = await spanhound(asked);
  const lines = answer.split('\n').filter((one) => one.startsWith('{'));
  const reports = lines.map((line) => JSON.parse(line) as Told);
  // Traces that a link joins have a report each: one of them has to name a fault, and none may blame a healthy one.
  const all = reports.map((one) => judgeReport(each, one)).sort((a, b) => a.wrong.length - b.wrong.length);
  const [best] = all.filter(({ kind }) => kind !== '');
  const judged = each.verdict === 'healthy' ? all.at(-1) : (best ?? all[0]);
  return judged ?? { case: each, said: 'no report', kind: '', wrong: ['no report'], isSure: false };
}

function judgeReport(each: Case, told: Told): Judged {
  const { status, kind, service, verdict } = told.diagnosis ?? {};
  const wrong = each.expect === undefined ? wrongOfRequest(each, told) : wrongOfCluster(each, told);
  const headline = JSON.stringify([verdict, told.diagnosis?.statusReason]).toLowerCase();
  const forbidden = (each.mustNotSay ?? []).filter((word) =>
    each.verdict === undefined ? headline.includes(word.toLowerCase()) : kind === word && isSureOf(told.diagnosis),
  );
  return {
    case: each,
    kind: kind ?? '',
    said: `${status ?? 'nothing'} ${kind ?? ''} ${service ?? ''}: ${verdict ?? ''}`,
    wrong: [...wrong, ...forbidden.map((word) => `says ${word}`), ...wrongOfChange(each, told.diagnosis)],
    isSure: isSureOf(told.diagnosis),
    told,
  };
}

function option(name: string, file: string | undefined): readonly string[] {
  return file === undefined ? [] : [name, join(root, file)];
}

async function judgePair(each: Case): Promise<Judged> {
  const [before = '', after = ''] = [each.files?.before?.[0], each.files?.after?.[0]];
  const { answer, code } = await spanhound(['verify', join(root, before), join(root, after)], 'answer.txt');
  const isConfirmed = code === 0;
  const wrong = isConfirmed === each.confirmed ? [] : [`confirmed: ${isConfirmed}, wanted ${each.confirmed}`];
  return {
    case: each,
    kind: '',
    said: answer.split('\n')[0] ?? '',
    wrong: [...wrong, ...unsaid(each, answer)],
    isSure: isConfirmed,
  };
}

function wrongOfRequest(each: Case, { diagnosis, findings }: Told): readonly string[] {
  if (each.verdict !== undefined) return wrongOfVerdict(each, diagnosis);
  if (each.class === 'healthy') return isSureOf(diagnosis) ? ['blames a healthy request'] : [];
  const mayBeSilent = each.silentOk || (each.class === 'twin' && each.status === 'inconclusive');
  if (!diagnosis) return mayBeSilent ? [] : ['silent'];
  const { kinds = [], services = [] } = each;
  return [
    ...unmet('wanted', kinds, kinds.includes(diagnosis.kind)),
    ...unmet('wanted', services, services.includes(diagnosis.service)),
    ...(isTooSure(each, diagnosis.status) ? ['too sure'] : []),
    ...unsaid(each, JSON.stringify([diagnosis, findings])),
  ];
}

function wrongOfChange({ change }: Case, diagnosis: Told['diagnosis']): readonly string[] {
  if (change === undefined) return [];
  const named = diagnosis?.change?.id ?? '';
  const isRight = change === '' ? named === '' : named !== '' && (named.startsWith(change) || change.startsWith(named));
  return isRight ? [] : [`${WRONG_CHANGE} ${named || 'none'}, wanted ${change || 'none'}`];
}

/** Kinds of a case without a fault may be said: they describe the recording. */
function wrongOfVerdict(
  { verdict, kinds = [], services = [], unsureIsRight = false }: Case,
  diagnosis: Told['diagnosis'],
): readonly string[] {
  if (verdict === 'fault' && unsureIsRight && !isSureOf(diagnosis)) return [];
  if (verdict === 'fault') {
    if (!diagnosis) return ['silent'];
    return [
      ...unmet(
        'wanted',
        kinds,
        kinds.some((kind) => (KIND_OF[kind] ?? kind) === diagnosis.kind),
      ),
      ...unmet('wanted', services, services.includes(diagnosis.service)),
    ];
  }
  const isBlamed = diagnosis && isSureOf(diagnosis) && !kinds.includes(diagnosis.kind);
  return isBlamed ? [verdict === 'healthy' ? 'blames a healthy request' : 'too sure'] : [];
}

function isSureOf(diagnosis: Told['diagnosis']): boolean {
  return diagnosis?.status === 'likely' || diagnosis?.status === 'confirmed';
}

function isTooSure({ status: most }: Case, status: string): boolean {
  return (most === 'inconclusive' && status !== 'inconclusive') || (most === 'likely' && status === 'confirmed');
}

function unmet(what: string, wanted: readonly string[], isMet: boolean): readonly string[] {
  return wanted.length === 0 || isMet ? [] : [`${what} ${wanted.join('/')}`];
}

function wrongOfCluster({ expect, object = '', accept = [], words = [] }: Case, told: Told): readonly string[] {
  const isSure = isSureOf(told.diagnosis);
  if (expect !== 'likely-or-confirmed') return isSure ? ['too sure'] : [];
  const text = JSON.stringify([told.diagnosis, told.findings]).toLowerCase();
  const isNamed = [object, ...accept].some((name) => name !== '' && text.includes(name.toLowerCase()));
  return [
    ...(isSure ? [] : ['not sure']),
    ...(isNamed ? [] : [`does not name ${object}`]),
    ...(words.length === 0 || words.some((word) => text.includes(word.toLowerCase())) ? [] : ['none of its words']),
  ];
}

function unsaid({ mustSay = [] }: Case, text: string): readonly string[] {
  const isSaid = mustSay.length === 0 || mustSay.some((word) => text.toLowerCase().includes(word.toLowerCase()));
  return isSaid ? [] : [`says none of ${mustSay.join('/')}`];
}

/** In this process: a start for each case would take twenty times as long as its answer. */
async function spanhound(
  asked: readonly string[],
  file = 'answer.json',
): Promise<Readonly<{ answer: string; code: number }>> {
  const out = join(place, file);
  rmSync(out, { force: true });
  const code = await runCommandLine([...asked, '--out', out], { SPANHOUND_DATA: join(place, 'data') });
  return { answer: existsSync(out) ? readFileSync(out, 'utf8') : '', code };
}

/** The verdict of a case, and whether it names the right kind and service, however sure it is. */
function recordOf({ case: expected, told }: Judged): readonly FirstVerdict[] {
  return told === undefined ? [] : recordedVerdict(set, expected, told);
}

function subjectOf({ how, verdict }: Case): string {
  return how ?? (verdict === undefined ? 'cluster' : 'request');
}

/** Kinds of a case without a fault describe the recording, and its answer says that nothing wrong was found. */
function isTrueRemark({ kinds = [], lostParents = [] }: Case, kind: string): boolean {
  return kinds.includes(kind) || (kind === 'broken-trace' && lostParents.length > 0);
}

function tell(): void {
  const wrong = judged.filter((one) => one.wrong.length > 0);
  for (const one of values.show ? wrong : [])
    console.log(`── ${one.case.id} (${one.case.class}): ${one.said}\n   ${one.wrong.join('; ')}\n   ${one.case.why}`);
  for (const [group, members] of Map.groupBy(judged, ({ case: each }) => `${subjectOf(each)} ${each.class}`))
    console.log(`${group}: ${members.filter((one) => one.wrong.length === 0).length} of ${members.length}`);
  const sure = wrong.filter(({ isSure }) => isSure);
  // A twin of a fault may be healthy, too. Clusters have no verdict.
  const isHealthy = ({ case: each }: Judged) => (each.verdict ?? each.class) === 'healthy';
  const blamed = sure.filter(isHealthy);
  const quiet = judged.filter(({ case: each }) => each.verdict === 'healthy');
  const headlines = quiet.filter(({ case: each, kind }) => kind !== '' && !isTrueRemark(each, kind));
  if (quiet.length > 0) console.log(`healthy: ${quiet.length}, of them with a headline: ${headlines.length}`);
  const onlyChange = sure.filter((one) => one.wrong.every((way) => way.startsWith(WRONG_CHANGE)));
  tellChanges();
  if (onlyChange.length > 0) console.log(`wrong and sure, but only in the named change: ${onlyChange.length}`);
  console.log(
    `${set}: ${judged.length - wrong.length} of ${judged.length} right; ${sure.length} wrong and sure, ${blamed.length} of them on what is healthy`,
  );
}

/** How the named changes are known: where only their time leads to them, they are hypotheses. */
function tellChanges(): void {
  const named = judged.flatMap(({ case: each, told }) => {
    const change = told?.diagnosis?.change;
    return change == null
      ? []
      : [{ knownBy: change.knownBy, isWrong: wrongOfChange(each, told?.diagnosis ?? null).length > 0 }];
  });
  for (const [how, all] of Map.groupBy(named, ({ knownBy }) => knownBy))
    console.log(`changes named by ${how}: ${all.length}, wrong ${all.filter(({ isWrong }) => isWrong).length}`);
}
