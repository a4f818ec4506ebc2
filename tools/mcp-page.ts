/**
 * The section of `docs/mcp.md` with each tool: its arguments, its answer, and an example, which the server itself answers
 * from the samples and a small record. `npm run generate` writes it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import { composeMcp } from '#compose/mcp.ts';
import { composeStore } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import { playedClock } from '#core/clock.ts';
import type { Report } from '#present/json/report.ts';
import { noteFingerprint } from '#record/fingerprints.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { readCaseFolder } from '#workflows/cases/read-case.ts';
import type { Generated } from './generated.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = 'docs/mcp.md';
const BEGINS = '## Tools\n';
const SAMPLE = 'samples/login-outage';

/** The call of each example, and how many lines of its answer the page shows. */
const EXAMPLES: Readonly<Record<string, Readonly<{ given: object; lines: number }>>> = {
  diagnose_trace: { given: { id: 'a1ff758393cbb337568468885e243c89' }, lines: 11 },
  investigate: {
    given: { service: 'user-service', from: '2025-01-06T14:15:00Z', to: '2025-01-06T14:35:00Z' },
    lines: 9,
  },
  compare: { given: { failing: 'a1ff758393cbb337568468885e243c89' }, lines: 12 },
  judge_release: {
    given: { service: 'user-service', from: '2025-01-06T10:00:00Z', to: '2025-01-06T14:35:00Z' },
    lines: 8,
  },
  find_similar: { given: { incident: 'INC-2' }, lines: 8 },
  read_case: { given: { case: 'login-outage' }, lines: 9 },
  read_incident: { given: { incident: 'INC-1' }, lines: 6 },
  read_timeline: { given: { incident: 'INC-1' }, lines: 8 },
  list_incidents: { given: {}, lines: 6 },
  list_services: { given: {}, lines: 6 },
};

/** In a process of its own: a server starts the redaction of the whole process, which other pages would show. */
export async function mcpPage(): Promise<Generated> {
  const page = readFileSync(join(ROOT, PAGE), 'utf8');
  const options = { cwd: ROOT, maxBuffer: MOST_PRINTED_BYTES };
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url)], options);
  return new Map([[PAGE, withTools(page, JSON.parse(stdout))]]);
}

const MOST_PRINTED_BYTES = 10_000_000;

/** The page with the section written anew. It is the last one. */
export function withTools(page: string, sections: readonly string[]): string {
  const from = page.indexOf(BEGINS);
  const before = (from < 0 ? page : page.slice(0, from)).trimEnd();
  return `${before}\n\n${BEGINS}${INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `<!-- Written by tools/mcp-page.ts from src/operations/all/. Change those, then run: npm run generate -->

Each tool also takes \`maxCharacters\` and \`cursor\`, and each structured answer has \`notice\`, \`digest\`, \`leftOut\` and, if more follows, \`nextCursor\`. The examples are answers of \`spanhound mcp --case ${SAMPLE}\`, shortened.`;

async function toolSections(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-mcp-page-'));
  const config = loadConfig({ SPANHOUND_DATA: folder });
  await recordIncidents(folder);
  const onBug = (error: unknown) => {
    throw error;
  };
  const { servers, stop } = await composeMcp(config, { offered: [join(ROOT, SAMPLE)], version: '0', onBug });
  try {
    const client = new Client({ name: 'page', version: '0' });
    const [here, there] = InMemoryTransport.createLinkedPair();
    await Promise.all([servers.open().connect(there), client.connect(here)]);
    const { tools } = await client.listTools();
    const sections: string[] = [];
    for (const tool of tools) sections.push(await sectionOf(client, tool));
    await client.close();
    return sections;
  } finally {
    await stop();
    rmSync(folder, { recursive: true });
  }
}

async function sectionOf(client: Client, tool: Tool): Promise<string> {
  const { name, description = '' } = tool;
  const example = EXAMPLES[name];
  if (example === undefined) throw new Error(`tools/mcp-page.ts has no example of ${name}`);
  const { given, lines } = example;
  const answer = (await client.callTool({ name, arguments: { ...given } })) as CallToolResult;
  const [first] = answer.content;
  if (answer.isError || first?.type !== 'text') throw new Error(`the example of ${name} fails`);
  const shown = first.text.split('\n');
  const text = [...shown.slice(0, lines), ...(shown.length > lines ? ['…'] : [])].join('\n');
  return [
    `### ${name}`,
    description,
    argumentTable(tool),
    `The structured answer has ${namesOf(tool.outputSchema)}.`,
    `\`${name} ${JSON.stringify(given)}\``,
    `\`\`\`text\n${text}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** On every answer, so no table repeats them. */
const SHARED: ReadonlySet<string> = new Set(['maxCharacters', 'cursor', 'notice', 'digest', 'leftOut', 'nextCursor']);

type Property = Readonly<{ description?: string }>;

function argumentTable({ inputSchema }: Tool): string {
  const { properties = {}, required = [] } = inputSchema;
  const rows = Object.entries(properties as Readonly<Record<string, Property>>)
    .filter(([name]) => !SHARED.has(name))
    .map(([name, { description = '' }]) => {
      const isRequired = required.includes(name) ? ' (required)' : '';
      return `| \`${name}\`${isRequired} | ${description.replaceAll('|', '\\|')} |`;
    });
  return rows.length === 0 ? '' : ['| argument | meaning |', '|---|---|', ...rows].join('\n');
}

function namesOf(schema: Tool['outputSchema']): string {
  const names = Object.keys(schema?.properties ?? {}).filter((name) => !SHARED.has(name));
  const quoted = names.map((name) => `\`${name}\``);
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

const DAY_US = 86_400_000_000;
const MINUTE_US = 60_000_000;

/** The outage of the sample, twice: the first time it ended, the second time it is open. */
async function recordIncidents(dataFolder: string): Promise<void> {
  const clock = playedClock(Date.UTC(2025, 0, 3, 9, 0, 0) * 1_000, 1);
  const { report, markdown } = await sampleReport(dataFolder);
  const store = await composeStore({ dataFolder }, { clock, random: () => 0 });
  const workspaceId = 'T1';
  for (const [at, title] of ['Logins fail', 'Logins fail again'].entries()) {
    clock.jumpTo(clock.nowUs() + at * 3 * DAY_US);
    const id = `investigation-${at}`;
    const asked = { channelId: 'C1', workspaceId, traceId: `${at}`.repeat(32) };
    await store.transaction(async (tx) => {
      await openInvestigation(tx, { ...asked, id, askedBy: 'U1' });
      const own = { ...report, subject: { ...report.subject, traceId: asked.traceId }, exemplars: [] };
      await finishInvestigation(tx, { id, traceId: asked.traceId, report: own, markdown, logs: '' });
      if (report.fingerprint) await noteFingerprint(tx, { investigationId: id, fingerprint: report.fingerprint });
      const declared = { declaredBy: 'U1', detectedBy: 'alert', detection: 'pagerduty', severity: 'P1' } as const;
      await declareIncident(tx, { ...asked, ...declared, id: `incident-${at}`, title, investigationId: id });
    });
  }
  await store.transaction(async (tx) => {
    const change = { incidentId: 'incident-0', by: 'U1' };
    const from = Date.UTC(2025, 0, 3, 9, 0, 0) * 1_000;
    const fix = 'Index on users.email added';
    await changeIncident(tx, { ...change, key: 'a', status: 'fixed', text: fix, atUs: from + 10 * MINUTE_US });
    await changeIncident(tx, { ...change, key: 'b', status: 'resolved', atUs: from + 30 * MINUTE_US });
  });
  await store.close();
}

async function sampleReport(dataFolder: string): Promise<Readonly<{ report: Report; markdown: string }>> {
  const [{ composeInvestigation }, { composeCaseDisk }] = await Promise.all([
    import('#compose/investigation.ts'),
    import('#compose/cases.ts'),
  ]);
  const config = loadConfig({ SPANHOUND_DATA: dataFolder });
  const [investigation, disk] = await Promise.all([composeInvestigation(config), composeCaseDisk(config)]);
  return await readCaseFolder({ ...investigation, disk }, join(ROOT, SAMPLE));
}

if (import.meta.main) process.stdout.write(JSON.stringify(await toolSections()));
