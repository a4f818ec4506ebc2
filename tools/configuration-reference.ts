/**
 * `docs/configuration.md`, from the registry of systems and from the schema itself: every system with its page, and every
 * setting with its place in the file, its variable, its default and its meaning. `npm run generate` writes it.
 */
import { systems } from '#adapters/registry.ts';
import type { EvidenceKind, System } from '#adapters/system.ts';
import { COMMON_SETTINGS } from '#config/detector-settings.ts';
import { Config } from '#config/schema.ts';
import { type Setting, settingsOf } from '#config/setting.ts';
import type { Generated } from './generated.ts';

export function configurationPage(): Generated {
  return new Map([['docs/configuration.md', configurationReference(settingsOf(Config))]]);
}

export function configurationReference(settings: readonly Setting[]): string {
  const groups = Map.groupBy(settings, ({ path }) => (path.length > 1 ? (path[0] ?? '') : ''));
  const chapters = [...groups].map(([group, settings]) => chapter(group, settings));
  return `${[INTRODUCTION, SYSTEMS, ...chapters].join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration
<!-- Written by tools/configuration-reference.ts from src/config/schema.ts and from the index.ts and settings.ts of each system in src/adapters/. Change those, then run: npm run generate -->

You can start without any configuration: without Slack's tokens \`npm start\` runs the playground, and \`./spanhound analyze\` reads files.

- Settings are in one YAML file: \`--config FILE\` or \`SPANHOUND_CONFIG\`. An environment variable overrides the file. An empty variable counts as unset.
- **Secrets** come only from the environment: as \`NAME\`, or as \`NAME_FILE\`, the path of a file that contains the value. Spanhound refuses secrets in the YAML file.
- A name that is not on this page is an error. Spanhound reports all errors at once, each with its path. \`./spanhound doctor\` then checks the connections.
- \`NO_COLOR\` turns off colours in the terminal; \`SPANHOUND_DEBUG=1\` shows the stack trace of a bug.

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

const READ: Readonly<Record<EvidenceKind, string>> = {
  traces: 'traces',
  logs: 'log lines',
  metrics: 'metrics',
  profiles: 'profiles of processors',
  platform: 'pods, events, nodes and rollouts',
  databases: 'database statistics',
  changes: 'changes',
  diffs: 'the diffs of changes',
  services: 'names and owners of services',
};

const SYSTEMS = [
  '## Systems',
  'Each system is optional. Spanhound reads from a system, or the system posts to Spanhound.',
  ['| system | Spanhound | set |', '|---|---|---|', ...systems.flatMap(systemRow)].join('\n'),
].join('\n\n');

/** Nothing has to be set for evidence on this machine. */
function systemRow({
  title,
  docs,
  evidence,
  alertWebhook,
  alertMessages,
  changeWebhook,
  chat,
  statusPage,
  issueTracker,
  issueWebhook,
  postmortemTarget,
  eventReceivers,
  mitigations,
  onCall,
  pager,
  doctor,
}: System) {
  if (evidence?.isLocal) return [];
  const uses = [
    chat && 'talks with people',
    evidence && `reads ${evidence.kinds.map((kind) => READ[kind]).join(' and ')}`,
    alertWebhook && `takes alerts at ${code(alertWebhook.path)}`,
    alertMessages && 'reads its alerts in channels',
    changeWebhook && `takes changes at ${code(changeWebhook.path)}`,
    statusPage && 'sends approved updates for customers',
    eventReceivers && 'sends the events of incidents to programs',
    mitigations && 'asks your automation for mitigations',
    issueTracker && 'creates and follows issues for action items',
    issueWebhook && `takes changes of issues at ${code(issueWebhook.path)}`,
    postmortemTarget && 'takes postmortems that people export',
    onCall && 'reads who is on call',
    pager && 'acknowledges, notes, resolves and pages there, if switched on',
  ];
  const own = [statusPage, issueTracker, eventReceivers, mitigations, pager].map((offered) => offered?.set);
  const sets = [
    evidence?.setup?.set,
    alertWebhook?.secret,
    changeWebhook?.secret,
    ...own,
    own.some((set) => set !== undefined) ? undefined : doctor?.set,
    onCall?.set,
    postmortemTarget?.set,
    issueWebhook?.secret,
  ];
  const said = (parts: readonly (string | undefined)[]) =>
    [...new Set(parts)].filter((part) => part !== undefined).join('; ');
  const set = said(sets).replace(/\b[A-Z]+(?:_[A-Z]+)*_?[A-Z]{2,}(?:=\w+)?\b/g, code);
  return [`| [${title}](${docs}) | ${said(uses)} | ${set} |`];
}

const TITLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(systems.map(({ id, title }) => [id, title])),
  // Groups that have another name than their system, or several systems.
  googleCloud: 'Google Cloud',
  googleDocs: 'Google Docs',
  databases: 'Databases',
  statusWebhook: 'Status webhook',
  eventWebhooks: 'Event webhooks',
  mitigations: 'Mitigations',
  changes: 'Changes',
  services: 'Services',
  '': 'The program',
  alerts: 'Alerts',
  quiet: 'Alerts without an answer',
  operators: 'The operators of Spanhound',
  reviews: 'Reviews',
  retention: 'How long evidence is kept',
  incidents: 'Incidents',
  fishbone: 'Fishbone',
  gather: 'Gathering evidence',
  waits: 'How long the bot waits',
  playground: 'The playground',
  analysis: 'Analysis',
  http: 'Requests that people send',
  guests: 'Guests and people of other companies',
  rights: 'Rights by user groups',
  mcp: 'MCP server',
  api: 'REST API',
  clockSkew: 'Clock skew',
  redaction: 'Redaction',
  store: 'The store',
  cases: 'The evidence of answers',
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

/** The settings that all detectors share. */
function isCommon([group, , name = '']: readonly string[]): boolean {
  return group === 'detectors' && COMMON_SETTINGS.includes(name);
}

const OF_DETECTORS = `[detectors.md](detectors.md) describes each detector. In addition to its thresholds, each has:

| in the file | variable | default | meaning |
|---|---|---|---|
| \`detectors.<id>.enabled\` | \`SPANHOUND_DETECTORS_<ID>_ENABLED\` | \`true\` | \`false\` turns it off; each report says so. |
| \`detectors.<id>.severity\` | \`SPANHOUND_DETECTORS_<ID>_SEVERITY\` | | \`critical\`, \`high\`, \`medium\` or \`low\`: the severity of all its findings, regardless of their cost. It does not change the order of findings. |

\`<ID>\` is the id in capital letters, with \`_\` instead of \`-\`. The thresholds:`;

const MORE: Readonly<Record<string, string>> = {
  redaction: '[redaction.md](redaction.md) describes what Spanhound redacts, and the placeholders.',
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
