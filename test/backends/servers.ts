/** Starts the real backends on free loopback ports and stops them, each by its own process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { constants, createWriteStream } from 'node:fs';
import { access, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

export type Running = Readonly<{ stop(): Promise<void> }>;

/** `kill` ends it at once, as after a crash of the machine. */
export type Program = Running & Readonly<{ kill(): Promise<void> }>;

/** Or Tempo: who takes spans by OTLP and answers for them. */
export type Jaeger = Running & Readonly<{ url: string; otlpUrl: string }>;

export type Loki = Running & Readonly<{ url: string }>;

/** `reader` and `nobody` have no rights until a role gives them some. */
export type Kubernetes = Running &
  Readonly<{ url: string; tokens: Readonly<Record<'admin' | 'reader' | 'nobody', string>> }>;

/** A bucket `evidence` for the key `spanhound` with the secret `secret`. */
export type S3 = Running & Readonly<{ url: string }>;

/** The address of a database of it for a user. */
export type Postgres = Running &
  Readonly<{
    url(user: string, database: string): string;
    /** Ends at once, as after a crash of the machine. */
    crash(): Promise<void>;
    /** The same server on the same data. */
    startAgain(): Promise<void>;
  }>;

const CONF = fileURLToPath(new URL('./conf/', import.meta.url));

/** What holds where a check wants nothing else. JSON is YAML. */
const LOKI_LIMITS = { allow_structured_metadata: true, discover_log_levels: true, max_entries_limit_per_query: 5000 };

/** Loki takes about 20 s on a busy machine of two cores. */
const READY_WITHIN_MS = 90_000;

/** Then it is killed: what these servers hold is thrown away anyway. */
const STOP_WITHIN_MS = 5_000;

/** Also those that are still on their way to being ready. */
const alive = new Set<ChildProcess>();

/** Ends whatever was started here and still runs. */
export async function stopAll(): Promise<void> {
  await Promise.all([...alive].map(stopProcess));
}

/** `search`: where it keeps its spans; without it, in memory. */
export async function startJaeger(
  folder: string,
  search?: Readonly<{ product: SearchProduct; url: string }>,
): Promise<Jaeger> {
  const [query, queryGrpc, otlp] = await freePorts(3);
  const config = await configured(search === undefined ? 'jaeger.yaml' : 'jaeger-search.yaml', folder, {
    QUERY_PORT: query,
    QUERY_GRPC_PORT: queryGrpc,
    OTLP_PORT: otlp,
    PRODUCT: search?.product,
    SEARCH_URL: search?.url,
  });
  const url = `http://127.0.0.1:${query}`;
  const running = await start('jaeger', ['--config', config], folder, `${url}/api/services`);
  return { ...running, url, otlpUrl: `http://127.0.0.1:${otlp}` };
}

/** Undefined where its binary is not in the cache. Its bucket is a folder below `folder`. */
export async function startS3(folder: string): Promise<S3 | undefined> {
  if ((await binary('versitygw')) === undefined) return undefined;
  const [port] = await freePorts(1);
  await mkdir(join(folder, 'buckets', 'evidence'), { recursive: true });
  const address = `127.0.0.1:${port}`;
  const args = ['--port', address, '--health', '/health', '--access', 'spanhound', '--secret', 'secret'];
  const url = `http://${address}`;
  // Without extended attributes, which not every file system has.
  const running = await start(
    'versitygw',
    [...args, 'posix', '--nometa', join(folder, 'buckets')],
    folder,
    `${url}/health`,
  );
  return { ...running, url };
}

/** Undefined where its binary is not in the cache. `counts`: whether it answers questions about all of the last half hour. */
export async function startTempo(folder: string, { counts = true } = {}): Promise<Jaeger | undefined> {
  if ((await binary('tempo')) === undefined) return undefined;
  const [http, grpc, otlp, gossip] = await freePorts(4);
  const config = await configured('tempo.yaml', folder, {
    HTTP_PORT: http,
    GRPC_PORT: grpc,
    OTLP_PORT: otlp,
    GOSSIP_PORT: gossip,
    FOLDER: join(folder, 'tempo'),
    PROCESSORS: counts ? 'local-blocks' : '',
  });
  const url = `http://127.0.0.1:${http}`;
  const running = await start('tempo', [`-config.file=${config}`], folder, `${url}/ready`);
  return { ...running, url, otlpUrl: `http://127.0.0.1:${otlp}` };
}

/** `limits`: further ones, or others, by Loki's own names. */
export async function startLoki(folder: string, limits: Readonly<Record<string, string | number>> = {}): Promise<Loki> {
  const [http, grpc] = await freePorts(2);
  const config = await configured('loki.yaml', folder, {
    HTTP_PORT: http,
    GRPC_PORT: grpc,
    FOLDER: join(folder, 'loki'),
    LIMITS: JSON.stringify({ ...LOKI_LIMITS, ...limits }),
  });
  const url = `http://127.0.0.1:${http}`;
  const running = await start('loki', [`-config.file=${config}`], folder, `${url}/ready`);
  return { ...running, url };
}

/** Undefined where its binary is not in the cache. `more`: further flags. */
export async function startVictoriaLogs(
  folder: string,
  more: readonly string[] = [],
): Promise<(Program & Readonly<{ url: string }>) | undefined> {
  if ((await binary('victoria-logs')) === undefined) return undefined;
  await mkdir(folder, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  // Without a limit of its own, a line of the past week could be too old.
  const args = [`-storageDataPath=${join(folder, 'data')}`, `-httpListenAddr=${address}`, '-retentionPeriod=100y'];
  const running = await start('victoria-logs', [...args, ...more], folder, `${url}/health`);
  return { ...running, url };
}

/**
 * ClickHouse's engine behind a small HTTP server. Undefined where it is not in the cache. `user`: the only one, as
 * `name:password`.
 */
export async function startClickHouse(
  folder: string,
  user = '',
): Promise<(Program & Readonly<{ url: string }>) | undefined> {
  const python = await allowed(join(cacheFolder(), 'chdb/bin/python'), constants.X_OK);
  if (python === undefined) return undefined;
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = fileURLToPath(new URL('./clickhouse/server.py', import.meta.url));
  const args = [server, `${port}`, join(folder, 'data'), ...(user === '' ? [] : [user])];
  const running = await startProcess(python, args, {
    name: 'clickhouse',
    folder,
    ready: `${url}/ping`,
    environment: {},
  });
  return { ...running, url };
}

/** `labels`: further ones of all its series, as service discovery adds them. */
export type Scraped = Readonly<{ job: string; target: string; labels?: Readonly<Record<string, string>> }>;

export type Alerting = Readonly<{
  /** Host and port of Alertmanager. */
  alertmanager: string;
  rules: readonly Readonly<Record<string, unknown>>[];
}>;

/**
 * Firing alerts are sent again after so long. They end by themselves four times later, which a busy machine must not
 * reach; the default is a minute.
 */
const ALERTS_AGAIN_AFTER = '5s';

/** Scrapes each second. `backfill`: what it is to know already, as OpenMetrics text. */
export async function startPrometheus(
  folder: string,
  {
    scraped,
    backfill = '',
    alerting,
  }: Readonly<{ scraped: readonly Scraped[]; backfill?: string; alerting?: Alerting }>,
): Promise<Running & Readonly<{ url: string }>> {
  const [port] = await freePorts(1);
  const jobs = scraped.map(({ job, target, labels = {} }) => {
    return { job_name: job, static_configs: [{ targets: [target], labels }] };
  });
  const config = await configured('prometheus.yml', folder, {
    JOBS: JSON.stringify(jobs),
    RULES: JSON.stringify(alerting === undefined ? [] : ['rules.json']),
    ALERTMANAGERS: JSON.stringify(alerting === undefined ? [] : [alerting.alertmanager]),
  });
  if (alerting !== undefined) {
    const groups = [{ name: 'rules', rules: alerting.rules }];
    await writeFile(join(folder, 'rules.json'), JSON.stringify({ groups }));
  }
  const data = join(folder, 'prometheus');
  if (backfill !== '') {
    const lines = join(folder, 'backfill.txt');
    await writeFile(lines, backfill);
    await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', lines, data]);
  }
  const url = `http://127.0.0.1:${port}`;
  const args = [
    ...[`--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`],
    `--rules.alert.resend-delay=${ALERTS_AGAIN_AFTER}`,
  ];
  const running = await start('prometheus', args, folder, `${url}/-/ready`);
  return { ...running, url };
}

/** Undefined where its binary is not in the cache. What it knows stays in `folder`. `at`: where it was before. */
export async function startAlertmanager(
  folder: string,
  { url, token, at }: Readonly<{ url: string; token: string; at?: string }>,
): Promise<(Program & Readonly<{ at: string }>) | undefined> {
  if ((await binary('alertmanager')) === undefined) return undefined;
  const address = at ?? `127.0.0.1:${await freePort()}`;
  const config = await configured('alertmanager.yml', folder, { URL: url, TOKEN: token });
  const args = [
    ...[`--config.file=${config}`, `--storage.path=${join(folder, 'alertmanager')}`],
    // Without neighbours.
    ...[`--web.listen-address=${address}`, '--cluster.listen-address='],
  ];
  const running = await start('alertmanager', args, folder, `http://${address}/-/ready`);
  return { ...running, at: address };
}

/** Keeps its spans in memory. Undefined where its archive is not in the cache, or Java is not there. */
export async function startZipkin(
  folder: string,
  port?: number,
): Promise<(Program & Readonly<{ url: string }>) | undefined> {
  const archive = await allowed(join(cacheFolder(), 'zipkin.jar'), constants.R_OK);
  const java = await binary('java');
  if (archive === undefined || java === undefined) return undefined;
  const own = port ?? (await freePort());
  const url = `http://127.0.0.1:${own}`;
  const running = await startProcess(java, ['-Xmx256m', '-jar', archive], {
    name: 'zipkin',
    folder,
    ready: `${url}/health`,
    environment: { QUERY_PORT: `${own}`, STORAGE_TYPE: 'mem' },
  });
  return { ...running, url };
}

/** Their APIs are alike, and one adapter reads both. */
export type SearchProduct = 'opensearch' | 'elasticsearch';

/** Undefined where its parts are not in the cache, or Java is not there. */
export async function startSearchNode(
  folder: string,
  product: SearchProduct,
): Promise<(Program & Readonly<{ url: string }>) | undefined> {
  const parts = await allowed(join(cacheFolder(), product), constants.R_OK);
  const java = await binary('java');
  if (parts === undefined || java === undefined) return undefined;
  const [http, transport] = await freePorts(2);
  const home = join(folder, 'home');
  await mkdir(join(home, 'config'), { recursive: true });
  const url = `http://127.0.0.1:${http}`;
  // The class beside the archives.
  const classes = [parts, join(parts, '*')].join(delimiter);
  const args = ['-Xmx512m', '-cp', classes, 'SearchNode', home, `${http}`, `${transport}`];
  const running = await startProcess(java, args, { name: product, folder, ready: url, environment: {} });
  return { ...running, url };
}

/** To its end, which has to be a good one. */
async function run(name: string, args: readonly string[]): Promise<void> {
  const path = await binary(name);
  if (path === undefined) {
    throw new Error(`${name} is neither in ${cacheFolder()} nor on PATH. Run test/backends/build.sh first.`);
  }
  await runHere(path, args);
}

export async function runHere(
  path: string,
  args: readonly string[],
  as: Readonly<{ uid?: number; gid?: number }> = {},
): Promise<void> {
  const child = spawn(path, args, { ...as, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${path} ended with ${code}`);
}

/** Jaeger's demo; undefined where only the servers' own images were at hand. */
export async function startHotrod(
  folder: string,
  otlpUrl: string,
  more: readonly string[] = [],
): Promise<(Running & Readonly<{ url: string }>) | undefined> {
  if ((await binary('hotrod')) === undefined) return undefined;
  const [frontend, customer, driver, route] = await freePorts(4);
  const host = '127.0.0.1';
  const args = ['all', ...more];
  for (const [service, port] of Object.entries({ frontend, customer, driver, route })) {
    args.push(`--${service}-service-hostname`, host, `--${service}-service-port`, `${port}`);
  }
  const url = `http://${host}:${frontend}`;
  const running = await start('hotrod', args, folder, url, { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl });
  return { ...running, url };
}

/**
 * A real API server on a real etcd, without a kubelet, a scheduler or controllers: objects are and stay as they are
 * written. Undefined where its binaries are not in the cache.
 */
export async function startKubernetes(folder: string): Promise<Kubernetes | undefined> {
  if ((await binary('kube-apiserver')) === undefined || (await binary('etcd')) === undefined) return undefined;
  const [client, peer, secure] = await freePorts(3);
  const own = join(folder, 'kubernetes');
  await mkdir(own, { recursive: true });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(own, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const tokens = { admin: 'admin-token', reader: 'reader-token', nobody: 'nobody-token' };
  const users = [
    `${tokens.admin},admin,1,"system:masters"`,
    `${tokens.reader},reader,2,"readers"`,
    `${tokens.nobody},nobody,3,"nobodies"`,
  ];
  await writeFile(join(own, 'tokens.csv'), `${users.join('\n')}\n`);
  const [clientUrl, peerUrl] = [client, peer].map((port) => `http://127.0.0.1:${port}`);
  const etcdArgs = [
    ...['--data-dir', join(own, 'etcd'), '--log-level', 'error'],
    ...['--listen-client-urls', `${clientUrl}`, '--advertise-client-urls', `${clientUrl}`],
    ...['--listen-peer-urls', `${peerUrl}`, '--initial-advertise-peer-urls', `${peerUrl}`],
    ...['--initial-cluster', `default=${peerUrl}`],
  ];
  const etcd = await start('etcd', etcdArgs, folder, `${clientUrl}/health`);
  const url = `https://127.0.0.1:${secure}`;
  const apiArgs = [
    ...[`--etcd-servers=${clientUrl}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1'],
    ...[`--secure-port=${secure}`, `--cert-dir=${join(own, 'certs')}`, '--service-cluster-ip-range=10.0.0.0/24'],
    ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${join(own, 'sa.key')}`],
    ...[`--service-account-signing-key-file=${join(own, 'sa.key')}`, `--token-auth-file=${join(own, 'tokens.csv')}`],
    ...['--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount'],
  ];
  const api = await start('kube-apiserver', apiArgs, folder, `${url}/readyz`);
  const stop = async () => {
    await api.stop();
    await etcd.stop();
  };
  return { url, tokens, stop };
}

/**
 * A real Postgres whose superuser needs no password, with `pg_stat_statements` loaded. It refuses to run as root, and is
 * then run as nobody.
 */
export async function startPostgres(
  connections: number,
  { fsync = 'off' }: Readonly<{ fsync?: 'on' | 'off' }> = {},
): Promise<Postgres> {
  const bin = await postgresFolder();
  const port = await freePort();
  const own = await mkdtemp(join(tmpdir(), 'spanhound-postgres-'));
  const data = join(own, 'data');
  const nobody = process.getuid?.() === 0 ? NOBODY : {};
  if (process.getuid?.() === 0) await chown(own, NOBODY.uid, NOBODY.gid);
  await runHere(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    nobody,
  );
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: own,
    shared_preload_libraries: 'pg_stat_statements',
    max_connections: connections,
    // The store's patience with a deadlock is two seconds: of the default, one second, a busy machine needs two.
    deadlock_timeout: '100ms',
    fsync,
  };
  const url = (user: string, database: string) => `postgresql://${user}@127.0.0.1:${port}/${database}?sslmode=disable`;
  const launched = async () => {
    const child = spawn(
      join(bin, 'postgres'),
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...nobody, cwd: own, stdio: 'ignore' },
    );
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    await connectable(url('postgres', 'postgres'), child);
    return child;
  };
  let child = await launched();
  return {
    url,
    async crash() {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
    },
    async startAgain() {
      child = await launched();
    },
    async stop() {
      await stopProcess(child);
      await rm(own, { recursive: true, force: true });
    },
  };
}

async function connectable(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (tries > READY_WITHIN_MS / 200 || child.exitCode !== null) throw error;
      await sleep(200);
    }
  }
}

const NOBODY = { uid: 65_534, gid: 65_534 };

/** Debian's own, or what build.sh has unpacked. */
export async function postgresFolder(): Promise<string> {
  for (const root of [join(cacheFolder(), 'postgres'), '/']) {
    const versions = await readdir(join(root, 'usr/lib/postgresql')).catch(() => []);
    const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
    if (newest !== undefined) return join(root, 'usr/lib/postgresql', newest, 'bin');
  }
  throw new Error(`Postgres is neither in ${cacheFolder()} nor in /usr/lib. Run test/backends/build.sh first.`);
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port to be had on 127.0.0.1');
  return address.port;
}

/** Starts a program and waits until `readyUrl` answers 200; ends it where that does not happen. */
async function start(
  name: string,
  args: readonly string[],
  folder: string,
  readyUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const path = await binary(name);
  if (path === undefined) {
    throw new Error(`${name} is neither in ${cacheFolder()} nor on PATH. Run test/backends/build.sh first.`);
  }
  return startProcess(path, args, { name, folder, ready: readyUrl, environment });
}

export async function startProcess(
  path: string,
  args: readonly string[],
  options: Readonly<{
    name: string;
    folder: string;
    /** It is ready when this answers 200, or is true. */
    ready: string | (() => Promise<boolean>);
    environment: Readonly<Record<string, string>>;
  }>,
): Promise<Program> {
  const { name, folder, ready, environment } = options;
  const isReady = () => (typeof ready === 'string' ? answersOk(ready) : ready());
  const logFile = join(folder, `${name}.log`);
  const child = spawn(path, args, {
    cwd: folder,
    env: { ...process.env, HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const stop = () => stopProcess(child);
  const kill = async () => {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
  };

  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) break;
    if (await isReady()) return { stop, kill };
    await sleep(200);
  }
  await stop();
  const lastWords = (await readFile(logFile, 'utf8').catch(() => '')).slice(-2000);
  throw new Error(
    `${name} did not become ready${failure ? ` (${failure.message})` : ''}. Its last words:\n${lastWords}`,
  );
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(killer);
}

async function answersOk(url: string): Promise<boolean> {
  if (url.startsWith('https:')) return await answersOkBehindOwnCertificate(url);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The API server makes itself a certificate that nobody knows. */
function answersOkBehindOwnCertificate(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(url, { rejectUnauthorized: false, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.once('timeout', () => asking.destroy());
    asking.once('error', () => resolve(false));
    asking.end();
  });
}

/** One after another: a port that is closed again may be handed out twice at once. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function configured(
  file: string,
  folder: string,
  values: Readonly<Record<string, string | number | undefined>>,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  let text = await readFile(join(CONF, file), 'utf8');
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`@${name}@`, String(value));
  const path = join(folder, file);
  await writeFile(path, text);
  return path;
}

function cacheFolder(): string {
  return process.env.SPANHOUND_BACKENDS ?? join(homedir(), '.cache/spanhound/backends');
}

/** In the cache, or on PATH. */
export async function binary(name: string): Promise<string | undefined> {
  for (const folder of [cacheFolder(), ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = await allowed(join(folder, name), constants.X_OK);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** The path, if it may be used so. */
async function allowed(path: string, mode: number): Promise<string | undefined> {
  return await access(path, mode).then(
    () => path,
    () => undefined,
  );
}
