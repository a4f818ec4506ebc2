/**
 * `docs/configuration.md`, from the schema itself: every setting with its place in the file, its variable, its default
 * and its meaning. `--check` writes nothing and says whether the page is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systems } from '#adapters/registry.ts';
import { COMMON_SETTINGS } from '#config/detector-settings.ts';
import { Config } from '#config/schema.ts';
import { type Setting, settingsOf } from '#config/setting.ts';

export function configurationReference(settings: readonly Setting[]): string {
  const groups = Map.groupBy(settings, ({ path }) => (path.length > 1 ? (path[0] ?? '') : ''));
  const chapters = [...groups].map(([group, settings]) => chapter(group, settings));
  return `${[INTRODUCTION, ...chapters].join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration
<!-- Written by tools/configuration-reference.ts from src/config/schema.ts and the settings.ts of each system in src/adapters/. Change those, then run: node tools/configuration-reference.ts -->

Nothing has to be configured: without Slack's tokens \`npm start\` is the playground, and \`./spanhound analyze\` reads files.

- Settings stand in one YAML file, which \`--config FILE\` names, or else \`SPANHOUND_CONFIG\`. A variable of the environment overrides the file. An empty variable is one that is not set.
- **Secrets** come by the environment alone: as \`NAME\`, or as \`NAME_FILE\`, the path of a file that holds the value. In the YAML file they are refused.
- A name that is not on this page is a mistake. All mistakes are told at once, each with its place; \`./spanhound doctor\` then checks what the settings lead to.
- \`NO_COLOR\` takes the colour out of the terminal; \`SPANHOUND_DEBUG=1\` shows the stack of a bug.

\`\`\`yaml
jaeger:
  url: https://jaeger.example.com
loki:
  url: https://loki.example.com
  tenant: shop
grafana:
  url: https://grafana.example.com
gather:
  deadlineSeconds: 30
detectors:
  slow-query:
    minPathMs: 250
\`\`\``;

const TITLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(systems.map(({ id, title }) => [id, title])),
  // Groups that several systems share.
  databases: 'Databases',
  changes: 'Changes',
  '': 'The program',
  slack: 'Slack',
  alerts: 'Alerts',
  incidents: 'Incidents',
  fishbone: 'Fishbone',
  gather: 'Gathering evidence',
  analysis: 'Analysis',
  http: 'Requests that people send',
  clockSkew: 'Clock skew',
  redaction: 'Redaction',
  detectors: 'Detectors',
};

function chapter(group: string, settings: readonly Setting[]): string {
  const title = TITLES[group];
  if (title === undefined) throw new Error(`the settings below ${group} have no title on the page`);
  const intro = group in MORE ? [MORE[group]] : [];
  const rows = settings
    .filter(({ path }) => !isCommon(path))
    .map(
      ({ path, env, secret, means, ...setting }) =>
        `| ${secret ? 'secret' : code(path.join('.'))} | ${code(env)}${secret ? `, ${code(`${env}_FILE`)}` : ''} | ${shownDefault(setting.default)} | ${cell(means)} |`,
    );
  const table = ['| in the file | variable | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
  return [`## ${title}`, ...intro, table].join('\n\n');
}

/** Told once for all detectors. */
function isCommon([group, , name = '']: readonly string[]): boolean {
  return group === 'detectors' && COMMON_SETTINGS.includes(name);
}

const OF_DETECTORS = `[detectors.md](detectors.md) says what each detector looks for. Beside its thresholds each takes:

| in the file | variable | default | meaning |
|---|---|---|---|
| \`detectors.<id>.enabled\` | \`SPANHOUND_DETECTORS_<ID>_ENABLED\` | \`true\` | With \`false\` it does not look, and each report says so. |
| \`detectors.<id>.severity\` | \`SPANHOUND_DETECTORS_<ID>_SEVERITY\` | | \`critical\`, \`high\`, \`medium\` or \`low\`: what every finding of it is called, whatever it costs. The order of the findings stays. |

\`<ID>\` is the id in capitals, with \`_\` for \`-\`. The thresholds:`;

const MORE: Readonly<Record<string, string>> = {
  redaction: '[redaction.md](redaction.md) says what is taken out, and how it is called.',
  detectors: OF_DETECTORS,
};

function shownDefault(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => code(`${item}`)).join(', ');
  return ['string', 'number', 'boolean'].includes(typeof value) ? code(`${value}`) : '';
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) {
  const path = 'docs/configuration.md';
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const settings = settingsOf(Config);
  const page = configurationReference(settings);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, page);
    console.log(`${path}: ${settings.length} settings`);
  } else if (!existsSync(file) || page !== readFileSync(file, 'utf8')) {
    console.error(`${path} is out of date. Run: node tools/configuration-reference.ts`);
    process.exitCode = 1;
  }
}
