/**
 * The catalogue of detectors, from the detectors themselves: `docs/detectors.md` lists them, and each has a page with its
 * picture: what it looks for, an example, its rules, the evidence that it needs, the reasons for its silence, its tuning.
 * `npm run generate` writes it.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsOfDetector } from '#config/detector-settings.ts';
import { settingsOf } from '#config/setting.ts';
import { type Detector, folderOf, subjectOf, type Threshold } from '#detect/detector.ts';
import { detectors } from '#detect/registry.ts';
import type { EvidenceKind } from '#model/finding/evidence.ts';
import { exampleFaults, openTexts } from './detector-completeness.ts';
import { type AnalysedExample, analysedExample } from './detector-example.ts';
import type { Generated } from './generated.ts';

/** The parts of a page besides the detector. */
export type Described = Readonly<{
  detector: Detector;
  /** The text of its file, whose first comment holds its drawing. */
  source: string;
  example: Omit<AnalysedExample, 'report'>;
}>;

/** The files by their paths in the repository. */
export function catalogue(all: readonly Described[]): ReadonlyMap<string, string> {
  return new Map([
    ['docs/detectors.md', index(all.map(({ detector }) => detector))],
    ...all.map((each) => [pagePath(each.detector.id), page(each)] as const),
    ...all.flatMap(({ detector: { id }, example: { svg, beside } }) => [
      ...(svg === undefined ? [] : [[picturePath(id), svg] as const]),
      ...(beside ? [[picturePath(`${id}-${beside.name}`), beside.svg] as const] : []),
    ]),
  ]);
}

const WRITTEN =
  '<!-- Written by tools/detector-catalogue.ts from src/detect/. Change the detector, then run: npm run generate -->';

function pagePath(id: string): string {
  return `docs/detectors/${id}.md`;
}

function picturePath(name: string): string {
  return `docs/images/detectors/${name}.svg`;
}

function index(all: readonly Detector[]): string {
  const ofLogs = all.filter((detector) => subjectOf(detector) === 'logs');
  const ofWindows = all.filter((detector) => subjectOf(detector) === 'window');
  const alone = all.filter(({ needs }) => needs.includes('trace') && !needs.includes('baseline'));
  const comparing = all.filter(({ needs }) => needs.includes('baseline'));
  return `${[INTRODUCTION, '## What is looked for', table(alone), COMPARING, table(comparing), OF_LOGS, table(ofLogs), ...(ofWindows.length > 0 ? [OF_WINDOWS, table(ofWindows)] : []), CONFIGURING].join('\n\n')}\n`;
}

const INTRODUCTION = `# Detectors
${WRITTEN}

Each detector is one file in [\`src/detect/\`](../src/detect/) and looks for one thing. Its page says what that is, with an example, when it speaks, what it needs, why it may stay silent, and how to configure it. It ends in exactly one of five ways, and the report says which:

| outcome | means |
|---|---|
| found | It saw the pattern. The finding names the service, the spans that show it, the time that it costs and what would prove it wrong. |
| clear | It looked and saw nothing. The report lists it under what was ruled out, unless another finding names it all the same. |
| skipped | Evidence that it needs was missing. Nothing is ruled out. |
| off | It is switched off. The report names it under what could not be looked for, and nothing is ruled out. |
| broken | It failed by its own fault. The others go on. |`;

const COMPARING =
  'These compare with healthy traces of the same request, and are skipped where there are none: `./spanhound analyze slow.json --baseline healthy.json`.';

const OF_LOGS =
  'These read lines of logs: those of a trace, or without any trace those of a time: `./spanhound investigate --case DIR` of a folder with `logs.jsonl`. With `baseline-logs.jsonl` they compare.';

const OF_WINDOWS =
  'These look at a time and not at a request: an alert’s, or `./spanhound investigate --service NAME --from TIME --to TIME`. Many requests together, metrics, the platform, and what was changed: see [windows](windows.md).';

const CONFIGURING = `## Configure them
Settings stand in the YAML file that \`SPANHOUND_CONFIG\` or \`--config\` names, below \`detectors\`; a variable of the environment overrides the file. Names and bounds are checked at start. What is left out keeps its default. The lines to copy stand on the page of each detector, all of them in [configuration.md](configuration.md#detectors); \`./spanhound detectors\` prints those in force.

Each detector takes, beside its thresholds:

| setting | means |
|---|---|
| \`enabled: false\` | It does not look. What is silenced for one is silenced for all: where it speaks too often, raise what it asks for first. |
| \`severity: low\` | Every finding of it is called \`critical\`, \`high\`, \`medium\` or \`low\`, whatever it costs. The order of the findings stays, and so does the verdict. |

“Root” is the first span of the trace, the whole request; a share is a number from 0 to 1.`;

function table(all: readonly Detector[]): string {
  const rows = all.map(({ id, title, why }) => `| [\`${id}\`](detectors/${id}.md) | ${cell(title)} | ${cell(why)} |`);
  return ['| id | looks for | why it matters |', '|---|---|---|', ...rows].join('\n');
}

function page({ detector, source, example }: Described): string {
  const { id, title, why, runbook } = detector;
  return `${[
    `# ${title}`,
    WRITTEN,
    `\`${id}\` · [what to do](../../${runbook}) · [code](../../src/detect/${folderOf(detector)}/${id}.ts) · [all detectors](../detectors.md)`,
    why,
    '## What it looks for',
    `\`\`\`text\n${headerComment(source)}\n\`\`\``,
    ...(detector.role === 'description'
      ? [
          'It describes where the time goes without a reason: where another finding explains that time it is left out, and a verdict that is made of it stays inconclusive.',
        ]
      : []),
    '## Example',
    `> **${plain(example.verdict)}**`,
    ...pictures(id, example),
    example.shows,
    '## When it speaks',
    Object.keys(detector.thresholds).length === 0
      ? 'Whenever it sees the pattern: it has no thresholds.'
      : thresholdTable(detector),
    '## What it reads',
    evidenceList(detector),
    '## Why it may stay silent',
    silence(detector),
    '## Configure it',
    configuring(detector),
  ].join('\n\n')}\n`;
}

function pictures(id: string, { excerpt, beside }: Described['example']): string[] {
  if (excerpt !== undefined) return [`\`\`\`text\n${excerpt}\n\`\`\``];
  const own = `![The waterfall of the request; what is to be seen in it is said below](../images/detectors/${id}.svg)`;
  if (beside === undefined) return [own];
  const other = `![The waterfall to compare it with](../images/detectors/${id}-${beside.name}.svg)`;
  return [`${beside.is}:`, other, 'The request as it was judged:', own];
}

/** A verdict quotes text of systems: Markdown must show it as it is. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>]/g, '\\$&');
}

function thresholdTable({ thresholds }: Detector): string {
  const rows = Object.entries(thresholds).map(
    ([name, threshold]) =>
      `| \`${name}\` | ${condition(name, threshold)} | ${cell(threshold.means)} | ${bounds(threshold)} | ${cell(threshold.why)} |`,
  );
  return [
    'Only where these hold; exceptions stand beside the reason:',
    ['| threshold | default | of what | may be | why this default |', '|---|---|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

/** A threshold's name begins with `min` or `max`. */
function condition(name: string, { default: value, unit }: Threshold): string {
  const side = name.startsWith('max') ? 'at most' : 'at least';
  return `${side} ${value}${unit.startsWith('share') ? ',' : ''} ${cell(unit)}`;
}

function bounds({ min, max }: Threshold): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  if (min !== undefined) return `${min} or more`;
  return max === undefined ? 'any number' : `${max} or less`;
}

const EVIDENCE: Readonly<Record<EvidenceKind, string>> = {
  trace: 'the spans of the request, with their events and attributes',
  published: 'when other traces published the messages that its spans link to',
  logs: 'the log lines of the request, or of the time that was asked about',
  templates: 'what these lines say, one message for those that are alike',
  baseline: 'healthy traces of the same request, to compare with',
  baselineLogs: 'log lines of a healthy time, or of the time before, to compare with',
  earlierLogs: 'what log stores answer of the seven days before',
  window: 'the time that was asked about',
  requests: 'many requests of that time',
  healthyRequests: 'many requests of a healthy time, to compare with',
  metrics: 'metrics of that time, and of the time before',
  platform: 'pods, events, nodes and rollouts of Kubernetes',
  databases: 'what databases count and show of themselves',
  changes: 'what was deployed, set, switched, scaled or migrated in that time and before',
  symptoms: 'of one request, what a change has to explain',
  pools: 'the metrics of connection pools at the time of the request',
  profiles: 'which functions used the processors of services at that time',
};

function evidenceList({ needs, needsOneOf = [], uses = [] }: Detector): string {
  return [
    ...needs.map((kind) => `- It needs **${kind}**: ${EVIDENCE[kind]}.`),
    ...needsOneOf.map((kind, at) => `- ${at === 0 ? 'It needs' : 'Or'} **${kind}**: ${EVIDENCE[kind]}.`),
    ...uses.map((kind) => `- It also reads **${kind}** where there are some: ${EVIDENCE[kind]}.`),
  ].join('\n');
}

function silence({ clear, silent }: Detector): string {
  return [`Its silence says: ${clear}. Something may be wrong all the same:`, bullets(silent)].join('\n\n');
}

function configuring(detector: Detector): string {
  const { id, thresholds } = detector;
  const variables = new Map(settingsOf(settingsOfDetector(detector)).map(({ path, env }) => [path.join('.'), env]));
  const yaml = Object.entries(thresholds).map(
    ([name, { default: value }]) => `    ${name}: ${value} # or ${variables.get(name)}`,
  );
  return [
    'In the file that `SPANHOUND_CONFIG` or `--config` names, or by a variable of the environment ([configuration](../configuration.md#detectors)). These are the defaults:',
    [
      '```yaml',
      'detectors:',
      `  ${id}:`,
      `    enabled: true # false: it does not look; or ${variables.get('enabled')}`,
      `    # severity: low # what every finding of it is called; or ${variables.get('severity')}`,
      ...yaml,
      '```',
    ].join('\n'),
  ].join('\n\n');
}

/** The comment that opens the file, without its stars. */
function headerComment(source: string): string {
  const [, comment] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(source) ?? [];
  if (comment === undefined) throw new Error('a detector’s file opens with a comment that says what it looks for');
  return comment.replace(/^ \* ?/gm, '');
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

const ROOT = fileURLToPath(new URL('../', import.meta.url));

type Shown = Readonly<{ detector: Detector; example: AnalysedExample }>;

/** The examples are analysed once: pages and completeness read the same ones. */
let examples: Promise<readonly Shown[]> | undefined;

function shownExamples(): Promise<readonly Shown[]> {
  examples ??= analysedExamples();
  return examples;
}

async function analysedExamples(): Promise<readonly Shown[]> {
  const shown: Shown[] = [];
  for (const detector of detectors) shown.push({ detector, example: await analysedExample(detector.id) });
  return shown;
}

/** The whole catalogue as it should be, and the pages and pictures that have to go. */
export async function currentCatalogue(): Promise<Generated> {
  const described = (await shownExamples()).map((each): Described => {
    return {
      ...each,
      source: readFileSync(`${ROOT}src/detect/${folderOf(each.detector)}/${each.detector.id}.ts`, 'utf8'),
    };
  });
  return new Map([...existing().map((path) => [path, undefined] as const), ...catalogue(described)]);
}

function existing(): string[] {
  return globSync(['docs/detectors.md', 'docs/detectors/*.md', 'docs/images/detectors/*'], { cwd: ROOT });
}

/** Open texts, and what is wrong with the examples, a line each. */
export async function incompleteDetectors(): Promise<readonly string[]> {
  const open = detectors.flatMap((detector) => openTexts(detector, ROOT));
  return [...open, ...(await shownExamples()).flatMap(({ detector, example }) => exampleFaults(detector, example))];
}
