/**
 * Runs the command line over requests, pairs, windows and clusters that strangers wrote, and counts the right verdicts.
 *
 *   node bench/strangers/verdicts.ts requests-1 [--show] [id…]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Report } from '#present/json/report.ts';

type Case = Readonly<{
  id: string;
  class: 'fault' | 'twin' | 'healthy';
  how?: 'analyze' | 'verify' | 'investigate';
  files?: Readonly<{
    trace?: string;
    logs?: string;
    baseline?: string;
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
  silentOk?: boolean;
  mustSay?: readonly string[];
  mustNotSay: readonly string[];
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
type Judged = Readonly<{ case: Case; said: string; kind: string; wrong: readonly string[]; isSure: boolean }>;

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const [set = '', ...ids] = positionals;
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/spanhound.mjs', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'spanhound-strangers-'));
const run = promisify(execFile);
await run('tar', ['xzf', join(FOLDER, `${set}.tar.gz`), '-C', place]);
const root = join(place, set);
const cases = (JSON.parse(readFileSync(join(root, 'cases.json'), 'utf8')) as readonly Case[]).filter(
  ({ id }) => ids.length === 0 || ids.includes(id),
);

const judged: Judged[] = [];
const waiting = [...cases];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) judged.push(await judge(next));
  }),
);
tell();

async function judge(each: Case): Promise<Judged> {
  if (each.how === 'verify') return await judgePair(each);
  const { trace, logs, baseline, case: folder = each.id } = each.files ?? {};
  const asked =
    trace === undefined
      ? ['investigate', '--case', join(root, folder)]
      : ['analyze', join(root, trace), ...option('--logs', logs), ...option('--baseline', baseline)];
  const { stdout } = await spanhound([...asked, '--json']);
  const lines = stdout.split('\n').filter((one) => one.startsWith('{'));
  const reports = lines.map((line) => JSON.parse(line) as Told);
  const told = reports.find(({ diagnosis }) => diagnosis) ?? reports[0];
  if (told === undefined) return { case: each, said: 'no report', kind: '', wrong: ['no report'], isSure: false };
  const { status, kind, service, verdict } = told.diagnosis ?? {};
  const wrong = each.expect === undefined ? wrongOfRequest(each, told) : wrongOfCluster(each, told);
  const headline = JSON.stringify([verdict, told.diagnosis?.statusReason]).toLowerCase();
  const forbidden = each.mustNotSay.filter((word) =>
    each.verdict === undefined ? headline.includes(word.toLowerCase()) : kind === word && isSureOf(told.diagnosis),
  );
  return {
    case: each,
    kind: kind ?? '',
    said: `${status ?? 'nothing'} ${kind ?? ''} ${service ?? ''}: ${verdict ?? ''}`,
    wrong: [...wrong, ...forbidden.map((word) => `says ${word}`)],
    isSure: isSureOf(told.diagnosis),
  };
}

function option(name: string, file: string | undefined): readonly string[] {
  return file === undefined ? [] : [name, join(root, file)];
}

async function judgePair(each: Case): Promise<Judged> {
  const [before = '', after = ''] = [each.files?.before?.[0], each.files?.after?.[0]];
  const { stdout, code } = await spanhound(['verify', join(root, before), join(root, after)]);
  const isConfirmed = code === 0;
  const wrong = isConfirmed === each.confirmed ? [] : [`confirmed: ${isConfirmed}, wanted ${each.confirmed}`];
  return {
    case: each,
    kind: '',
    said: stdout.split('\n')[0] ?? '',
    wrong: [...wrong, ...unsaid(each, stdout)],
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

/** Kinds of a case without a fault may be said: they describe the recording. */
function wrongOfVerdict({ verdict, kinds = [], services = [] }: Case, diagnosis: Told['diagnosis']): readonly string[] {
  if (verdict === 'fault') {
    if (!diagnosis) return ['silent'];
    return [
      ...unmet('wanted', kinds, kinds.includes(diagnosis.kind)),
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

async function spanhound(asked: readonly string[]): Promise<Readonly<{ stdout: string; code: number }>> {
  const env = { ...process.env, SPANHOUND_DATA: join(place, 'data') };
  try {
    const { stdout } = await run(process.execPath, [BIN, ...asked], { env, cwd: place, maxBuffer: 256e6 });
    return { stdout, code: 0 };
  } catch (error) {
    const { stdout = '', code = 1 } = error as { stdout?: string; code?: number };
    return { stdout, code };
  }
}

function subjectOf({ how, verdict }: Case): string {
  return how ?? (verdict === undefined ? 'cluster' : 'request');
}

function tell(): void {
  const wrong = judged.filter((one) => one.wrong.length > 0);
  for (const one of values.show ? wrong : [])
    console.log(`── ${one.case.id} (${one.case.class}): ${one.said}\n   ${one.wrong.join('; ')}\n   ${one.case.why}`);
  for (const [group, members] of Map.groupBy(judged, ({ case: each }) => `${subjectOf(each)} ${each.class}`))
    console.log(`${group}: ${members.filter((one) => one.wrong.length === 0).length} of ${members.length}`);
  const sure = wrong.filter(({ isSure }) => isSure);
  const blamed = sure.filter(({ case: each }) => each.class === 'healthy');
  const quiet = judged.filter(({ case: each }) => each.verdict === 'healthy');
  const headlines = quiet.filter(({ case: each, kind }) => kind !== '' && !each.kinds?.includes(kind));
  if (quiet.length > 0) console.log(`healthy: ${quiet.length}, of them with a headline: ${headlines.length}`);
  console.log(
    `${set}: ${judged.length - wrong.length} of ${judged.length} right; ${sure.length} wrong and sure, ${blamed.length} of them on what is healthy`,
  );
}
