/** `spanhound doctor`: checks every connection and the store, and says how to fix each failure. */
import { constants } from 'node:fs';
import { access, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { checkCases } from '#compose/cases.ts';
import { checkInstallations } from '#compose/installations.ts';
import { composeInvestigation, type Investigation } from '#compose/investigation.ts';
import { checkOnCall } from '#compose/on-call.ts';
import { checkRights } from '#compose/rights.ts';
import { composeStore, isInFolder } from '#compose/store.ts';
import { checkStoreFile } from '#compose/store-file.ts';
import {
  alertSenders,
  changeSenders,
  connectable,
  furtherChecks,
  issueSenders,
  type Senders,
} from '#compose/systems.ts';
import { loadConfig, loadUsable } from '#config/load.ts';
import { loadPostmortemTemplates } from '#config/postmortem-templates.ts';
import { Config } from '#config/schema.ts';
import { settingsOf } from '#config/setting.ts';
import { systemClock } from '#core/clock.ts';
import { errorRecord } from '#core/errors.ts';
import { troubleOfFile, writeTrouble } from '#core/file-trouble.ts';
import { nearestWord } from '#core/nearest-word.ts';
import { counted } from '#model/text/count-text.ts';
import { listText } from '#model/text/list-text.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';
import { storedChanges } from '#workflows/evidence/note-changes.ts';
import { checkStore } from '#workflows/upkeep/check-store.ts';

export type Check = Readonly<{
  name: string;
  /** `off`: not configured, which is not a failure. */
  state: 'ok' | 'failed' | 'off';
  detail: string;
  remedy: string;
}>;

/** Not yet cleaned; each line of a detail by itself, because a name in it may contain a line break. */
type Found = Omit<Check, 'detail'> & Readonly<{ detail: string | readonly string[] }>;

/** Shorter than a person's patience; a backend that needs longer to list its services has a problem. */
const CHECK_DEADLINE_MS = 10_000;

export async function doctor(call: Call): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const { config = loadConfig(call.env, call.options.config), mistakes } = loadUsable(call.env, call.options.config);
  loadPostmortemTemplates(config.incidents.postmortemTemplates);
  const investigation = await composeInvestigation(config, { systems: config });
  const progress = openProgress();
  progress.say('Checking every connection…');
  const checks = await Promise.all([
    connections(investigation),
    postedAlerts(config),
    toldChanges(config),
    heardIssues(config),
    others(config),
    onCall(config),
    rights(config),
    installations(config),
    config.store.url === undefined ? storeFolder(config) : storeOnServer(config),
    evidenceInBucket(config),
    misspelt(call.env),
    mistakes.map(wrong),
  ]).then((found) => found.flat().map(cleaned));
  await investigation.stop();
  progress.end();

  const ok = checks.every(({ state }) => state !== 'failed');
  await output.write(
    output.form === 'json' ? `${JSON.stringify({ ok, checks }, null, 2)}\n` : text(checks, output.text.colour),
  );
  return ok ? EXIT.done : EXIT.checkFailed;
}

/** A setting with a mistake: the checks go on without it. */
function wrong(mistake: string): Found {
  return {
    name: 'configuration',
    state: 'failed',
    detail: mistake,
    remedy: 'Correct this setting: nothing starts before.',
  };
}

/** Here for every check and form: an unexpected error's message may contain an address with a password. */
function cleaned({ name, state, detail, remedy }: Found): Check {
  return { name: shown(name), state, detail: [detail].flat().map(shown).join('\n'), remedy: shown(remedy) };
}

/** Checks each configured connection, and names the settings for the others. */
async function connections({ connections }: Investigation): Promise<Found[]> {
  const checks = (await connectable()).map(async ({ name, systems, setup }) => {
    const found = connections.filter(({ system }) => systems.includes(system));
    return found.length === 0
      ? [off(name, setup)]
      : await Promise.all(found.map(({ name, check }) => asked(name, check)));
  });
  return (await Promise.all(checks)).flat();
}

/** Variables whose names are nearly those of settings. They are no failure: they may belong to another program. */
function misspelt(env: Call['env']): Found[] {
  const known = settingsOf(Config).map((setting) => setting.env);
  const unset = known.filter((name) => env[name] === undefined && env[`${name}_FILE`] === undefined);
  return Object.keys(env).flatMap((name) => {
    const meant = known.includes(name.replace(/_FILE$/, '')) ? undefined : nearestWord(name, unset);
    return meant === undefined
      ? []
      : [
          {
            name: 'variables',
            state: 'off' as const,
            detail: `${name} is no setting`,
            remedy: `Is it meant as ${meant}?`,
          },
        ];
  });
}

/** The senders of alerts, and whether alerts are answered. */
async function postedAlerts(config: Config): Promise<Found[]> {
  const name = 'alerts';
  const senders = await alertSenders(config);
  return [...brokenSenders(name, senders), ...acceptedAlerts(name, senders, config)];
}

function acceptedAlerts(name: string, { configured, failed, set }: Senders, config: Config): Found[] {
  if (configured.length === 0)
    return failed.length > 0 ? [] : [off(name, `Set ${set} to take alerts by webhook; docs/alerts.md names all.`)];
  const detail = `accepted from ${configured.join(', ')}`;
  if (config.alerts.channel !== undefined) return [{ name, state: 'ok', detail, remedy: '' }];
  const unheard = `${detail}, but answered only under messages of their own in Slack`;
  return [{ name, state: 'off', detail: unheard, remedy: 'Set ALERTS_CHANNEL to have them answered in that channel.' }];
}

/** The senders of changes, and whether a change has arrived. */
async function toldChanges(config: Config): Promise<Found[]> {
  const name = 'changes';
  const senders = await changeSenders(config);
  const broken = brokenSenders(name, senders);
  return senders.configured.length === 0 && broken.length > 0
    ? broken
    : [...broken, await acceptedChanges(name, senders, config)];
}

async function acceptedChanges(name: string, { configured, set }: Senders, config: Config): Promise<Found> {
  if (configured.length === 0) return off(name, `Set ${set} to let pipelines and code hosts report changes.`);
  const by = `accepted from ${configured.join(', ')}`;
  try {
    const isThere = config.store.url !== undefined || (await isInFolder(config));
    if (!isThere) return { name, state: 'ok', detail: `${by}; no store yet`, remedy: '' };
    const store = await composeStore(config, { asItIs: true });
    try {
      if (store.version < store.migrated.to)
        return { name, state: 'ok', detail: `${by}; the store is older`, remedy: '' };
      const { detail, remedy } = await storedChanges(store).check(AbortSignal.timeout(CHECK_DEADLINE_MS));
      return { name, state: 'ok', detail: `${by}; ${detail}`, remedy };
    } finally {
      await store.close();
    }
  } catch (error) {
    return failed(name, error);
  }
}

/** Which trackers say at once that an issue changed. The others are looked at. */
async function heardIssues(config: Config): Promise<Found[]> {
  const name = 'issue webhooks';
  const senders = await issueSenders(config);
  const { configured, silent, set } = senders;
  const broken = brokenSenders(name, senders);
  if (configured.length === 0 && silent.length === 0)
    return broken.length > 0 ? broken : [off(name, `Set up a tracker, and set ${set} to follow its issues at once.`)];
  const details = [
    ...(configured.length > 0 ? [`accepted from ${configured.join(', ')}`] : []),
    ...(silent.length > 0 ? [`every ten minutes a look at ${silent.map((one) => one.name).join(', ')}`] : []),
  ];
  const secrets = silent.map(({ secret }) => secret).join(', ');
  const remedy = secrets === '' ? '' : `Set ${secrets} to follow issues at once; docs/issues.md says how.`;
  return [...broken, { name, state: 'ok', detail: details.join('; '), remedy }];
}

function brokenSenders(name: string, { failed: senders }: Senders): Found[] {
  return senders.map(({ name: sender, error }) => {
    const found = failed(name, error);
    return { ...found, detail: `not accepted from ${sender}: ${found.detail}` };
  });
}

function off(name: string, remedy: string): Found {
  return { name, state: 'off', detail: 'not configured', remedy };
}

/** `setup`: what to set if it turns out not to be configured. */
async function asked(
  name: string,
  check: (signal: AbortSignal) => Promise<Answer | undefined>,
  setup = '',
): Promise<Found> {
  try {
    const answer = await check(AbortSignal.timeout(CHECK_DEADLINE_MS));
    if (answer === undefined) return off(name, setup);
    const { ok, detail, remedy } = answer;
    return { name, state: ok ? 'ok' : 'failed', detail, remedy };
  } catch (error) {
    return failed(name, error);
  }
}

type Answer = Readonly<{ ok: boolean; detail: string | readonly string[]; remedy: string }>;

async function others(config: Config): Promise<Found[]> {
  const checks = await furtherChecks();
  return await Promise.all(
    checks.map(({ name, set, check }) => asked(name, (signal) => check(config, signal), `Set ${set}.`)),
  );
}

/** Without a target there is nothing to check: ids of Slack need no system. */
async function onCall(config: Config): Promise<Found[]> {
  const nowUs = systemClock.nowUs();
  const found = await asked('on call', (signal) => checkOnCall(config, { nowUs, signal }));
  return found.state === 'off' ? [] : [found];
}

/** Without a setting everybody has the rights who may change an incident. */
async function rights(config: Config): Promise<Found[]> {
  const found = await asked('rights', (signal) => checkRights(config, signal));
  return found.state === 'off' ? [] : [found];
}

/** Without the settings nobody may install the app by a link. */
async function installations(config: Config): Promise<Found[]> {
  const found = await asked('workspaces', (signal) => checkInstallations(config, signal));
  return found.state === 'off' ? [] : [found];
}

/** The bot creates a missing store when it starts, so here the folder is checked. */
async function storeFolder(config: Config): Promise<Found> {
  const name = 'store';
  const folder = resolve(config.dataFolder);
  try {
    const existing = await nearestFolder(folder);
    await access(existing, constants.W_OK | constants.X_OK);
    if (existing !== folder) await createsIn(existing);
    if (!(await isInFolder(config))) {
      return { name, state: 'ok', detail: `none yet; the next start creates it in ${folder}`, remedy: '' };
    }
    await checkStoreFile(config.dataFolder);
    return await storeState(name, 'SQLite', config);
  } catch (error) {
    return failed(name, error, `Let this user write to ${folder}, or set SPANHOUND_DATA to another folder.`);
  }
}

async function storeOnServer(config: Config): Promise<Found> {
  const name = 'store';
  try {
    return await storeState(name, 'Postgres', config);
  } catch (error) {
    return failed(name, error, 'Check DATABASE_URL.');
  }
}

/** Only with a bucket: the check of the store covers the data folder. */
async function evidenceInBucket({ cases }: Config): Promise<Found[]> {
  const { url } = cases;
  if (url === undefined) return [];
  const name = 'evidence';
  try {
    return [{ name, state: 'ok', detail: `stored in ${await checkCases({ ...cases, url })}`, remedy: '' }];
  } catch (error) {
    return [failed(name, error, 'Check CASES_URL and CASES_ENDPOINT.')];
  }
}

async function storeState(name: string, kind: string, config: Config): Promise<Found> {
  const store = await composeStore(config, { asItIs: true });
  const { version, known, givenUp } = await checkStore(store).finally(() => store.close());
  const age =
    version === known ? `at version ${version}` : `at version ${version}; the next start migrates it to ${known}`;
  if (givenUp.length === 0) return { name, state: 'ok', detail: `${kind}, ${age}`, remedy: '' };

  const listed = givenUp.slice(0, LISTED).map(({ what, why, atUs }) => `${readableSecond(atUs)} ${what}: ${why}`);
  const more = givenUp.length > LISTED ? [`and ${givenUp.length - LISTED} more`] : [];
  return {
    name,
    state: 'failed',
    detail: [`${age}; given up:`, ...listed, ...more],
    remedy: 'Fix what the messages name, then repeat the request in Slack. Spanhound does not retry what it gave up.',
  };
}

/** The newest show the current problem. */
const LISTED = 5;

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Permissions alone do not show it: a file system may be read-only, or hold no folders of others, such as /proc. */
async function createsIn(folder: string): Promise<void> {
  const probe = await mkdtemp(join(folder, '.spanhound-')).catch((error: unknown) => {
    throw new Error(`no folder can be created in ${folder}: ${writeTrouble(error)}`, { cause: error });
  });
  await rmdir(probe);
}

async function nearestFolder(path: string): Promise<string> {
  let folder = path;
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function failed(name: string, error: unknown, remedy?: string): Found {
  const { message, advice, code } = errorRecord(error);
  const usual = code === 'SH_BUG' ? (remedy ?? advice) : advice;
  const ofFile = code === 'SH_BUG' ? troubleOfFile(error) : undefined;
  if (ofFile === undefined) return { name, state: 'failed', detail: message, remedy: usual };
  return { name, state: 'failed', detail: ofFile, remedy: remedy ?? 'Check the path and the permissions of the file.' };
}

const MARK = { ok: '✓', failed: '✗', off: '·' } as const;
const COLOUR = { ok: 32, failed: 31, off: 90 } as const;

/** A terminal shows the end: there are the failures, and the sum. */
const ORDER = ['off', 'ok', 'failed'] as const;

function text(checks: readonly Check[], colour: boolean): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(nameWidth + 4);
  const lines = ORDER.flatMap((state) => checks.filter((check) => check.state === state)).map(
    ({ name, state, detail, remedy }) => {
      const mark = colour ? `\u001b[${COLOUR[state]}m${MARK[state]}\u001b[0m` : MARK[state];
      const said = state === 'off' && remedy !== '' ? [`${detail}. ${remedy}`] : detail.split('\n');
      const fix = state === 'off' || remedy === '' ? [] : [`→ ${remedy}`];
      return `${mark} ${name.padEnd(nameWidth)}  ${[...said, ...fix].join(`\n${indent}`)}\n`;
    },
  );
  return `${lines.join('')}\n${sumOf(checks)}\n`;
}

function sumOf(checks: readonly Check[]): string {
  const asked = checks.filter(({ state }) => state !== 'off');
  const failures = asked.filter(({ state }) => state === 'failed');
  const [only] = asked;
  if (failures.length > 0)
    return `${failures.length} of ${counted(asked.length, 'check')} failed: ${listText([...new Set(failures.map(({ name }) => name))])}.`;
  if (asked.length === 1 && only?.name === 'store')
    return 'No connection is configured, so this shows the state of the store alone. Begin with a store of traces, such as JAEGER_URL.';
  return `${counted(asked.length, 'check')} passed; ${checks.length - asked.length} not configured.`;
}
