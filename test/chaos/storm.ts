/**
 * Everything at once: alerts by three ways, commands of people, the process killed again and again, Slack refusing, lying
 * and losing answers at random, deliveries that come twice, alerts that are resolved and fire again, requests of nobody
 * that never end. What was acknowledged must have exactly one answer for each time that it was made, and nothing may be
 * said twice: `history.ts` checks it.
 *
 *   npm run test:storm -- --alerts 500 --kills 40 --seed 7
 *   npm run test:storm -- --alerts 500 --kills 40 --seed 7 --replicas 2
 *   npm run test:storm -- --alerts 300 --kills 250 --kill-every 800
 *
 * The bot is the real one, in a process of its own; Slack is the emulator of the tests. With replicas, the store is a
 * real Postgres, which also ends all connections now and then, and each request goes to any of them. Ends with exit code
 * 1 where something was lost or doubled.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { postgresStore } from '#adapters/postgres-store/postgres-store.ts';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
import { counted } from '#model/text/count-text.ts';
import { openStore, type Store } from '#record/store.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { botEnvironment } from '#test/bot.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { PAGERDUTY_SECRET, pagerdutyEvent, pagerdutyMessage, pagerdutySignature } from '#test/pagerduty.ts';
import type { CallFault } from '#test/slack-proxy.ts';
import { type CommandBody, openSlackSide, sendToBot } from '#test/slack-side.ts';
import { freePort, startPostgres } from '../backends/servers.ts';
import { checkHistory, type SentAlert, type TypedCommand, type Verdict } from './history.ts';
import { storedHistory } from './stored-history.ts';
import { declareIncident, hasFailed, isAccepted, typedCommand } from './typed-commands.ts';

/** A process that stops well keeps its compiled code here: those that are killed start a fifth faster. */
const COMPILED = join(tmpdir(), 'spanhound-storm-code');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Slack's limits hold for a workspace and a channel: a storm in one channel would take an hour. */
const WORKSPACES = 12;
const CHANNELS = 24;
/** In this share of calls Slack does something else than it should. */
const FAULTS = 0.25;
/** A sender gives up after as many refusals as Slack does; Alertmanager and PagerDuty go on for longer. */
const DELIVERIES = 12;
const TWICE = 0.2;
/** One command of a person for so many alerts; every second one is a note. */
const ALERTS_PER_COMMAND = 5;
/** Of the alerts that come by Alertmanager. */
const FIRE_AGAIN = 0.5;
/** Connections of nobody, each with a body that never ends. */
const UNFINISHED = 200;
/** Of the kills: before every so many, the database ends all connections. */
const CUTS_EVERY = 5;
/** Of the database: ten and one of each replica, and the storm's own. */
const CONNECTIONS = 100;
/** After the last kill: leases run out, pauses of up to ten minutes end, a message a second. */
const SETTLE_MS = 1_500_000;

const REFUSALS = ['invalid_auth', 'token_expired', 'accesslimited', 'a_code_of_next_year', 'internal_error'];
const PAGES = ['<html>Blocked by the proxy</html>', '{"ok":true,"channel":"C1","ts":"17'];

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '500' },
    kills: { type: 'string', default: '40' },
    'kill-every': { type: 'string', default: '4000' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    replicas: { type: 'string', default: '0' },
  },
});
const ALERTS = Number(values.alerts);
const KILLS = Number(values.kills);
/** How long a process that has started lives, in milliseconds, on average: from nothing to twice as long. */
const KILL_EVERY_MS = Number(values['kill-every']);
/** About what a start takes. */
const START_MS = 1_500;
/** For this share of the processes, the time counts from before they answer. */
const EARLY = 0.2;
/** The first kill is told, and each after so many. */
const TOLD_KILLS = 50;
/** None: one process on SQLite. */
const REPLICAS = Number(values.replicas);
const random = randomFrom(Number(values.seed));

type Replica = { port: number; process: ChildProcess | undefined };
type Way = 'message' | 'pagerduty' | 'alertmanager';
type Sent = { -readonly [Key in keyof SentAlert]: SentAlert[Key] } & { statuses: number[] };
type Sending = Readonly<{ alerts: readonly Sent[]; commands: readonly Typing[] }>;
type Typing = TypedCommand & Readonly<{ body: CommandBody }>;

const slack = await openSlackSide();
const backends = await openHotrodBackends();
const dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-storm-'));
const postgres = REPLICAS > 0 ? await startPostgres(CONNECTIONS) : undefined;
const databaseUrl = postgres?.url('postgres', 'postgres') ?? '';
const environment = {
  ...botEnvironment({
    slack,
    ...backends,
    dataFolder,
    env: { PAGERDUTY_WEBHOOK_SECRET: PAGERDUTY_SECRET, ALERTMANAGER_TOKEN: 't0ken' },
  }),
  ALERTS_CHANNEL: slack.channel,
  ...(postgres && { DATABASE_URL: databaseUrl, SPANHOUND_REDACTION_KEY: 'the same in all replicas' }),
};
const replicas = await Promise.all(Array.from({ length: Math.max(REPLICAS, 1) }, newReplica));
let mostBytes = 0;

const where = postgres ? `${counted(REPLICAS, 'replica')} on Postgres` : 'one process on SQLite';
console.log(`storm: ${where}, ${ALERTS} alerts, ${KILLS} kills, seed ${values.seed}`);
let isWell = false;
try {
  isWell = await storm();
} finally {
  process.exitCode = isWell ? 0 : 1;
  for (const { process: running } of replicas) if (running?.exitCode === null) running.kill('SIGKILL');
  await postgres?.stop();
  await backends.close();
  await slack.close();
  if (isWell) await rm(dataFolder, { recursive: true, force: true });
  else console.log(`storm: its data stays in ${dataFolder}`);
}

async function storm(): Promise<boolean> {
  const channels = await Promise.all(Array.from({ length: CHANNELS }, (_, n) => slack.newChannel(`storm-${n}`, false)));
  // Together, as a new installation does.
  for (const replica of replicas) start(replica);
  await Promise.all(replicas.map(answers));
  const incident = await slack.newChannel('storm-incident', false);
  await declareIncident(slack, anyUrl(), incident);
  slack.proxy.chaos(anyFault);
  const killing = killAgainAndAgain();
  const unfinished = neverEndingRequests();
  const spreadMs = Math.max(KILLS * (KILL_EVERY_MS + START_MS), 20_000);
  const spread = <T>(length: number, begin: (n: number) => Promise<T>) =>
    Promise.all(
      Array.from({ length }, async (_, n) => {
        await setTimeout(random() * spreadMs);
        return await begin(n);
      }),
    );
  const [alerts, commands] = await Promise.all([
    spread(ALERTS, (n) => send(n, channels)),
    spread(Math.ceil(ALERTS / ALERTS_PER_COMMAND), (n) => type(n, channels, incident)),
  ]);
  await killing;
  unfinished.stop();
  console.log(`storm: ${unfinished.opened()} requests of nobody; at most ${Math.round(mostBytes / 1e6)} MB of memory`);
  console.log(`storm: sent; ${alerts.filter(({ acknowledged }) => acknowledged).length} of ${ALERTS} acknowledged`);
  return await settled({ alerts, commands: commands.flat() });
}

/** One alert, delivered as its sender does: again until it is taken, and now and then once more. */
async function send(n: number, channels: readonly string[]): Promise<Sent> {
  const way: Way = (['message', 'message', 'message', 'pagerduty', 'alertmanager'] as const)[n % 5] ?? 'message';
  const { key, deliver, again } = await delivery(way, n, channels);
  const sent: Sent = { way, key, statuses: [], acknowledged: false, rounds: 1, tried: 1 };
  sent.acknowledged = await untilTaken(deliver, sent);
  if (random() < TWICE) {
    await setTimeout(random() * 5_000);
    await deliver().catch(() => 0);
  }
  if (sent.acknowledged && again !== undefined && random() < FIRE_AGAIN) {
    const isResolved = await untilTaken(again.resolve, sent);
    await setTimeout(1_100);
    if (isResolved) sent.tried = 2;
    if (isResolved && (await untilTaken(again.fire, sent))) sent.rounds = 2;
  }
  return sent;
}

/** A command, and others in its place until one is accepted. Now and then the network sends one twice. */
async function type(n: number, channels: readonly string[], incident: string): Promise<readonly Typing[]> {
  const kind = n % 2 === 0 ? 'trace' : 'note';
  const channel = kind === 'note' ? incident : (channels[n % channels.length] ?? '');
  const all: Typing[] = [];
  for (let attempt = 0; attempt < DELIVERIES && all.at(-1)?.accepted !== true; attempt++) {
    const typed = typedCommand(slack, kind, n * DELIVERIES + attempt, channel);
    const once = async () => {
      return isAccepted(await sendToBot(anyUrl(), typed.body).catch(() => ({ status: 0, body: '' })));
    };
    let accepted = await once();
    if (random() < TWICE) accepted = (await once()) || accepted;
    all.push({ ...typed, accepted });
    await setTimeout(500 + random() * 1_500);
  }
  return all;
}

async function untilTaken(deliver: () => Promise<number>, { statuses }: Sent): Promise<boolean> {
  for (let attempt = 0; attempt < DELIVERIES; attempt++) {
    const status = await deliver().catch(() => 0);
    statuses.push(status);
    if (status === 200 || status === 202) return true;
    await setTimeout(500 + random() * 1_500);
  }
  return false;
}

type Delivery = Readonly<{
  key: string;
  deliver(): Promise<number>;
  again?: Readonly<{ resolve(): Promise<number>; fire(): Promise<number> }>;
}>;

async function delivery(way: Way, n: number, channels: readonly string[]): Promise<Delivery> {
  const service = n % 3 === 0 ? 'frontend' : `unknown-${n}`;
  const incident = { id: `Q${n}STORM`, number: n, title: `Alert ${n} of {service="${service}"}` };
  const key = incident.id;
  const webhook = (path: string, body: string, headers: Record<string, string>) => async () => {
    const answer = await fetch(`${anyUrl()}/webhooks/${path}`, { method: 'POST', body, headers });
    return answer.status;
  };
  switch (way) {
    case 'message': {
      const channel = channels[n % channels.length] ?? '';
      const { ts } = await slack.call('chat.postMessage', { channel, text: incident.title });
      const event = slack.event(pagerdutyMessage(incident, { channel, ts: String(ts) }));
      const body = { ...event, team_id: `T${String(n % WORKSPACES).padStart(9, '0')}` };
      return { key, deliver: async () => (await sendToBot(anyUrl(), body)).status };
    }
    case 'pagerduty': {
      const body = JSON.stringify(pagerdutyEvent(incident, { eventId: `E${n}`, atMs: Date.now(), service }));
      return { key, deliver: webhook('pagerduty', body, { 'x-pagerduty-signature': pagerdutySignature(body) }) };
    }
    case 'alertmanager': {
      const groupKey = `{}:{alert="${n}"}`;
      const alert = { ...firing(`f${n}`), startsAt: new Date().toISOString() };
      const post = (one: typeof alert, more: Parameters<typeof alertmanagerGroup>[1] = {}) =>
        webhook(
          'alertmanager',
          JSON.stringify(alertmanagerGroup([one], { groupKey, commonLabels: { service }, ...more })),
          { authorization: 'Bearer t0ken' },
        );
      const now = () => new Date().toISOString();
      const again = {
        resolve: sameEachTime(() => post({ ...alert, status: 'resolved', endsAt: now() }, { status: 'resolved' })),
        fire: sameEachTime(() => post({ ...alert, startsAt: now() })),
      };
      return { key: groupKey, deliver: post(alert), again };
    }
  }
}

/** What is delivered again says the same as before. */
function sameEachTime(make: () => () => Promise<number>): () => Promise<number> {
  let made: (() => Promise<number>) | undefined;
  return async () => {
    made ??= make();
    return await made();
  };
}

/** Unsigned requests that announce a body and never send all of it. */
function neverEndingRequests(): Readonly<{ stop(): void; opened(): number }> {
  const sockets = new Set<Socket>();
  let opened = 0;
  let isOver = false;
  const open = (n: number) => {
    if (isOver) return;
    const path = ['/slack/events', '/webhooks/pagerduty', '/webhooks/alertmanager', '/changes'][n % 4];
    const socket = connect(replicas[n % replicas.length]?.port ?? 0, '127.0.0.1', () => {
      opened++;
      socket.write(`POST ${path} HTTP/1.1\r\nHost: spanhound\r\nContent-Type: application/json\r\n`);
      socket.write(`Content-Length: 4000000\r\n\r\n{"padding":"${'x'.repeat(60_000)}`);
    });
    sockets.add(socket);
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', async () => {
      sockets.delete(socket);
      await setTimeout(500);
      open(n);
    });
  };
  for (let n = 0; n < UNFINISHED; n++) open(n);
  return {
    opened: () => opened,
    stop() {
      isOver = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What the bot held at most since it was started, where the system tells. */
async function noteMemory(pid: number): Promise<void> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  mostBytes = Math.max(mostBytes, kilobytes * 1_024);
}

function anyFault(method: string): CallFault | undefined {
  if (random() >= FAULTS) return undefined;
  switch (Math.floor(random() * 6)) {
    case 0:
      return { kind: 'limited', seconds: 1 };
    case 1:
    case 2:
      return { kind: 'refused', error: REFUSALS[Math.floor(random() * REFUSALS.length)] ?? '' };
    case 3:
      return { kind: 'refused', error: PAGES[0] ?? '' };
    case 4:
      return { kind: 'garbled', body: PAGES[Math.floor(random() * PAGES.length)] ?? '' };
    default:
      // An answer that is lost in the middle of an upload leaves nothing to be looked for.
      return method.startsWith('files.') ? undefined : { kind: 'lost' };
  }
}

async function killAgainAndAgain(): Promise<void> {
  // The first one stops well.
  for (let kill = 0; kill <= KILLS; kill++) {
    if (postgres && kill % CUTS_EVERY === 0) await cutConnections();
    const replica = any(replicas);
    if (random() >= EARLY) await answers(replica);
    await setTimeout(KILL_EVERY_MS * 2 * random());
    const { process: running } = replica;
    if (running === undefined || running.exitCode !== null) throw new Error('the bot ended by itself');
    await noteMemory(running.pid ?? 0);
    running.kill(kill === 0 ? 'SIGTERM' : 'SIGKILL');
    await once(running, 'exit');
    start(replica);
    if (kill % TOLD_KILLS === 1) console.log(`storm: ${counted(kill, 'kill')}`);
  }
  await Promise.all(replicas.map(answers));
}

/** As a database that restarts or moves does. */
async function cutConnections(): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
  );
  await client.end();
}

async function newReplica(): Promise<Replica> {
  return { port: await freePort(), process: undefined };
}

function anyUrl(): string {
  return `http://127.0.0.1:${any(replicas).port}`;
}

function any(from: readonly Replica[]): Replica {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('there is no replica');
  return one;
}

function start(replica: Replica): void {
  replica.process = spawn(process.execPath, ['--max-semi-space-size=2', 'bin/start.mjs'], {
    cwd: ROOT,
    // As in the image, so that its memory is that of the bot at work.
    env: {
      PATH: process.env.PATH,
      MALLOC_ARENA_MAX: '2',
      LOG_LEVEL: 'silent',
      NODE_COMPILE_CACHE: COMPILED,
      ...environment,
      PORT: `${replica.port}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function answers({ port, process: running }: Replica): Promise<void> {
  const answered = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  while (!(await answered().catch(() => false))) {
    const code = running?.exitCode ?? null;
    if (code !== null) throw new Error(`the bot ended by itself with ${code}`);
    await setTimeout(50);
  }
}

/** Looks until everything that was accepted has its answer, then at what was said twice. */
async function settled(sending: Sending): Promise<boolean> {
  const store = await openStore({
    ...(postgres
      ? postgresStore({ address: databaseAddress(databaseUrl, 'postgresql'), max: 2 })
      : sqlite(join(dataFolder, 'spanhound.db'))),
    clock: systemClock,
    newId: uuidV7(systemClock),
    asItIs: true,
  });
  const until = Date.now() + SETTLE_MS;
  let last = '';
  for (;;) {
    const found = await verdictOn(store, sending);
    const line = `${found.answered} answered, ${found.lost.length} open, ${found.doubled.length} doubled`;
    if (line !== last) console.log(`storm: ${line}`);
    last = line;
    // Slack is well again once most have their answers: the rest shows that nothing was left behind.
    if (found.answered > ALERTS / 2) slack.proxy.chaos(() => undefined);
    if (found.lost.length === 0 || Date.now() > until) {
      await setTimeout(5_000); // what would be said twice is said by now
      const end = await verdictOn(store, sending);
      const undelivered = await undeliveredIn(store);
      await store.close();
      return told(end, sending, undelivered);
    }
    await setTimeout(2_000);
  }
}

async function verdictOn(store: Store, { alerts, commands }: Sending): Promise<Verdict> {
  const heard = commands.map((each) => ({ ...each, accepted: each.accepted && !hasFailed(slack, each.body) }));
  return checkHistory({ alerts, commands: heard, ...(await storedHistory(store, slack)) });
}

type Undelivered = Readonly<{ messages: number; responses: number }>;

async function undeliveredIn({ db }: Store): Promise<Undelivered> {
  const rows = await db
    .selectFrom('messages')
    .select('kind')
    .where('state', 'in', ['unknown', 'refused', 'unreachable', 'expired'])
    .execute();
  const responses = rows.filter(({ kind }) => kind === 'response').length;
  return { messages: rows.filter(({ kind }) => kind === 'message').length, responses };
}

function told(
  { answered, joined, folded, lost, doubled, strange }: Verdict,
  { alerts, commands }: Sending,
  undelivered: Undelivered,
): boolean {
  const acknowledged = alerts.filter((each) => each.acknowledged).length;
  const accepted = commands.filter((each) => each.accepted).length;
  const refusals = alerts.flatMap(({ statuses }) => statuses).filter((status) => status !== 200 && status !== 202);
  const calls = slack.proxy.calls.length;
  const faults = slack.proxy.calls.filter(({ answer }) => answer !== 'ok').length;
  console.log(
    `storm: ${counted(acknowledged, 'alert')} acknowledged after ${refusals.length} deliveries that were not, ${accepted} of ${counted(commands.length, 'command')} accepted; ${answered} answered`,
  );
  console.log(`storm: ${counted(folded, 'alert')} folded into the answer of another alert`);
  if (joined > 0) console.log(`storm: ${counted(joined, 'alert')} fired twice out of order and has one answer`);
  console.log(
    `storm: ${faults} of ${calls} calls to Slack failed; ${undelivered.messages} messages and ${undelivered.responses} responses were given up`,
  );
  const faulty = { LOST: lost, DOUBLED: doubled, STRANGE: strange };
  const lines = Object.entries(faulty).flatMap(([word, found]) => found.map((each) => `${word} ${each}`));
  for (const line of lines) console.log(`storm: ${line}`);
  const isRight = lines.length === 0;
  console.log(
    isRight ? 'storm: everything accepted has exactly one answer for each time that it was made' : 'storm: FAILED',
  );
  return isRight;
}

/** The same storm for the same seed, as far as timers allow. */
function randomFrom(seed: number): () => number {
  let state = seed || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
