/**
 * `docs/detectors.md`, from the detectors themselves: what each looks at, when it speaks, how to tune it and what its
 * silence says. `--check` writes nothing and says whether the page is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsOf } from '#config/setting.ts';
import { thresholdsOf } from '#config/thresholds.ts';
import type { Detector, Threshold } from '#detect/detector.ts';
import { detectors } from '#detect/registry.ts';

/** `sourceOf` gives the text of a detector's file, whose first comment holds its drawing. */
export function catalogue(all: readonly Detector[], sourceOf: (id: string) => string): string {
  return `${[INTRODUCTION, overview(all), ...all.map((detector) => chapter(detector, sourceOf(detector.id)))].join('\n\n')}\n`;
}

const INTRODUCTION = `# Detectors
<!-- Written by tools/detector-catalogue.ts from src/detect/. Change the detector, then run: node tools/detector-catalogue.ts -->

Each detector is one file in [\`src/detect/\`](../src/detect/) and looks for one thing. It ends in exactly one of four ways, and the report says which:

| outcome | means |
|---|---|
| found | It saw the pattern. The finding names the service, the spans that show it, the time that it costs and what would prove it wrong. |
| clear | It looked and saw nothing. The report lists it under what was ruled out. |
| skipped | Evidence that it needs was missing. Nothing is ruled out. |
| broken | It failed by its own fault. The others go on. |

**Configure it.** Thresholds stand in the YAML file that \`SPANHOUND_CONFIG\` or \`--config\` names, below \`detectors\`; a variable of the environment overrides the file. Names and bounds are checked at start. What is left out keeps its default. “Root” is the first span of the trace, the whole request; a share is a number from 0 to 1.`;

function overview(all: readonly Detector[]): string {
  const rows = all.map(({ id, title, why }) => `| [\`${id}\`](#${id}) | ${cell(title)} | ${cell(why)} |`);
  return ['| id | looks for | why it matters |', '|---|---|---|', ...rows].join('\n');
}

function chapter(detector: Detector, source: string): string {
  const { id, title, why, needs, uses = [], clear, descriptive, runbook, thresholds } = detector;
  const facts = [
    `- Needs: ${needs.join(', ')}.${uses.length === 0 ? '' : ` Reads when there is some: ${uses.join(', ')}.`}`,
    `- When it is silent: ${clear}.`,
    ...(descriptive
      ? ['- Describes where the time goes without a reason: it never outranks a finding that has one.']
      : []),
    `- Runbook: [\`${runbook}\`](../${runbook}). Code: [\`src/detect/${id}.ts\`](../src/detect/${id}.ts).`,
  ];
  const tuning = Object.keys(thresholds).length === 0 ? 'It has no thresholds.' : thresholdTable(detector);
  return [
    `## ${id}`,
    `**${title}.** ${why}`,
    `\`\`\`text\n${headerComment(source)}\n\`\`\``,
    facts.join('\n'),
    tuning,
  ].join('\n\n');
}

function thresholdTable(detector: Detector): string {
  const { id, thresholds } = detector;
  const variables = new Map(settingsOf(thresholdsOf(detector)).map(({ path, env }) => [path.join('.'), env]));
  const rows = Object.entries(thresholds).map(
    ([name, threshold]) =>
      `| \`${name}\` | ${condition(name, threshold)} | ${cell(threshold.means)} | ${bounds(threshold)} | ${cell(threshold.why)} |`,
  );
  const yaml = Object.entries(thresholds).map(
    ([name, { default: value }]) => `    ${name}: ${value} # or ${variables.get(name)}`,
  );
  return [
    'It speaks only where these hold; exceptions stand beside the reason:',
    ['| threshold | default | of what | may be | why this default |', '|---|---|---|---|---|', ...rows].join('\n'),
    ['```yaml', 'detectors:', `  ${id}:`, ...yaml, '```'].join('\n'),
  ].join('\n\n');
}

/** A threshold's name begins with the side on which it bounds. */
function condition(name: string, { default: value, unit }: Threshold): string {
  const side = name.startsWith('max') ? 'at most' : 'at least';
  return `${side} ${value}${unit.startsWith('share') ? ',' : ''} ${cell(unit)}`;
}

function bounds({ min, max }: Threshold): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  if (min !== undefined) return `${min} or more`;
  return max === undefined ? 'any number' : `${max} or less`;
}

/** The comment that opens the file, without its stars. */
function headerComment(source: string): string {
  const [, comment] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(source) ?? [];
  if (comment === undefined) throw new Error('a detector’s file opens with a comment that says what it looks for');
  return comment.replace(/^ \* ?/gm, '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) {
  const inRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  const page = catalogue(detectors, (id) => readFileSync(inRoot(`src/detect/${id}.ts`), 'utf8'));
  const path = 'docs/detectors.md';
  if (!process.argv.includes('--check')) {
    writeFileSync(inRoot(path), page);
    console.log(`${path}: ${detectors.length} detectors`);
  } else if (!existsSync(inRoot(path)) || page !== readFileSync(inRoot(path), 'utf8')) {
    console.error(`${path} is out of date. Run: node tools/detector-catalogue.ts`);
    process.exitCode = 1;
  }
}
