/** Runs a shop of five services under a steady load, breaks it, and replaces a service by another version of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, type Running, startProcess } from '../servers.ts';
import type { Fault, Program, Role } from './program.ts';

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url));

/** Callees before their callers. */
const ROLES: readonly Role[] = ['store', 'inventory', 'checkout', 'cart', 'frontend'];

export type Users = Readonly<{ count: number; thinkMs: number }>;

/** Together five requests a second: many shops on two cores. */
const FEW: Users = { count: 4, thinkMs: 700 };
/** Of a request whose traces nobody wants. */
const UNSAMPLED = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };

export type Target = Readonly<{ job: string; target: string; pod: string }>;

export type Shop = Running &
  Readonly<{
    service(role: Role): string;
    targets: readonly Target[];
    /** All faults of this service from now on. */
    break(role: Role, faults: readonly Fault[]): Promise<void>;
    /** Another version: it listens beside the old one before that one ends. */
    deploy(role: Role, version: string, faults?: readonly Fault[]): Promise<void>;
    /** Users come, until it stops. */
    open(users?: Users): void;
    /** Nearly all of the last visits were quick. */
    isCalm(): boolean;
    /** From now on they leave traces and lines: a process is slow until its code was compiled. */
    watch(): void;
  }>;

const LAST = 30;
/** Alone on the machine a visit takes 180 ms. */
const CALM_MS = 300;

type Process = Readonly<{ program: Program; running: Running }>;

type Backends = Readonly<{ folder: string; otlpUrl: string; lokiUrl: string }>;

/** All at once, after each got ports of its own. */
export async function startShops(names: readonly string[], backends: Backends): Promise<ReadonlyMap<string, Shop>> {
  const taken = new Set<number>();
  const port = async () => {
    const found = await freePort();
    if (taken.has(found)) return await port();
    taken.add(found);
    return found;
  };
  const starts: (() => Promise<readonly [string, Shop]>)[] = [];
  for (const name of names) {
    const ports = new Map<Role, Readonly<{ port: number; adminPort: number }>>();
    for (const role of ROLES) ports.set(role, { port: await port(), adminPort: await port() });
    starts.push(async () => [name, await startShop(name, ports, backends)]);
  }
  return new Map(await Promise.all(starts.map((start) => start())));
}

async function startShop(
  name: string,
  ports: ReadonlyMap<Role, Readonly<{ port: number; adminPort: number }>>,
  { folder, otlpUrl, lokiUrl }: Backends,
): Promise<Shop> {
  const processes = new Map<Role, Process>();
  const service = (role: Role) => `${name}-${role}`;
  const state = { isOpen: true, isWatched: false, users: [] as Promise<void>[], lastMs: [] as number[] };
  const portsOf = (role: Role) => ports.get(role) ?? { port: 0, adminPort: 0 };
  const pod = (role: Role) => `${service(role)}-5f6585d649-fnmft`;

  async function run(program: Program): Promise<void> {
    const running = await startProcess(process.execPath, [PROGRAM], {
      name: program.service,
      folder,
      ready: `http://127.0.0.1:${program.adminPort}/`,
      environment: { SHOP_PROGRAM: JSON.stringify(program), NODE_NO_WARNINGS: '1' },
    });
    processes.set(program.role, { program, running });
  }

  const upstreams = Object.fromEntries(ROLES.map((role) => [role, `http://127.0.0.1:${portsOf(role).port}`]));
  for (const role of ROLES) {
    const about = { role, service: service(role), version: '1.8.0', pod: pod(role), ...portsOf(role) };
    await run({ ...about, upstreams, otlpUrl, lokiUrl, faults: [] });
  }

  async function user(at: number, { count, thinkMs }: Users): Promise<void> {
    await sleep((at * thinkMs) / count);
    for (let number = at; state.isOpen; number += 1) {
      await visit(number, state.isWatched ? {} : UNSAMPLED);
      await sleep(thinkMs);
    }
  }

  async function visit(number: number, headers: Readonly<Record<string, string>>): Promise<void> {
    const begunMs = performance.now();
    const [path, method] = number % 3 === 0 ? ['/cart', 'GET'] : ['/orders', 'POST'];
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(`${upstreams.frontend}${path}`, { method, headers, signal });
    await answer.arrayBuffer();
    state.lastMs = [...state.lastMs, performance.now() - begunMs].slice(-LAST);
  }

  return {
    service,
    targets: ROLES.map((role) => ({
      job: `shop/${service(role)}`,
      target: `127.0.0.1:${portsOf(role).port}`,
      pod: pod(role),
    })),
    async break(role, faults) {
      const { adminPort = 0 } = processes.get(role)?.program ?? {};
      await fetch(`http://127.0.0.1:${adminPort}/`, { method: 'POST', body: JSON.stringify(faults) });
    },
    async deploy(role, version, faults = []) {
      const old = processes.get(role);
      if (old === undefined) throw new Error(`there is no ${service(role)}`);
      await run({ ...old.program, version, faults, adminPort: await freePort() });
      await old.running.stop();
    },
    open(users = FEW) {
      state.users = Array.from({ length: users.count }, (_, at) => user(at, users));
    },
    isCalm: () => state.lastMs.length === LAST && state.lastMs.filter((ms) => ms < CALM_MS).length >= 0.9 * LAST,
    watch() {
      state.isWatched = true;
    },
    async stop() {
      state.isOpen = false;
      await Promise.all(state.users);
      await Promise.all([...processes.values()].map(({ running }) => running.stop()));
    },
  };
}
