/**
 * Sends one request for a person, only to hosts that the configuration names. It resolves the name once, checks every
 * address, and connects to exactly that address, which prevents DNS rebinding. Redirects are followed only on the same
 * host, so headers do not reach another host.
 */
import { lookup } from 'node:dns/promises';
import { STATUS_CODES } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Agent, request as ask, buildConnector, type Dispatcher, errors } from 'undici';
import { whyAborted } from '#core/deadline.ts';
import { type Missing, NotAllowedError, UnreachableError, UsageError } from '#core/errors.ts';
import {
  type HttpAnswer,
  type HttpHeader,
  type HttpRequest,
  isThisMachine,
  type SendRequest,
} from '#utilities/http-request.ts';
import { isPublic, networkOf } from './addresses.ts';

export type RequestRules = Readonly<{
  /** Allowed schemes, hosts and ports: `https://api.example.com`, `http://*.shop.internal:8080`. */
  allow: readonly string[];
  methods: readonly string[];
  /** Addresses that are not public but allowed: `10.0.0.0/8`. */
  networks: readonly string[];
}>;

export type RequestOptions = RequestRules &
  Readonly<{
    /** @default 10000 */
    timeoutMs?: number | undefined;
    /** The DNS resolver; the system's if missing. */
    resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
  }>;

const TIMEOUT_MS = 10_000;
/** More than anybody reads of a response, and small enough for the memory. */
const MAX_BODY_BYTES = 262_144;
const MAX_REDIRECTS = 3;

/** Headers that set the destination or the end of the request: they could hide another request in it. */
const REFUSED_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'proxy-authorization',
]);

export function requestSender(options: RequestOptions): SendRequest {
  const { methods, timeoutMs = TIMEOUT_MS, resolve = systemAddresses } = options;
  const mayReach = networkOf(options.networks);

  async function once(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(request.url);
    const startMs = performance.now();
    const { addresses, dnsMs } = await permitted(request, url, signal);
    const marks: Marks = { connected: 0, secured: 0, address: addresses[0] ?? '' };
    const dispatcher = agentTo(addresses, marks);
    try {
      const answer = await ask(url, {
        dispatcher,
        signal,
        method: request.method as Dispatcher.HttpMethod,
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      const firstByteMs = performance.now() - startMs;
      const { text, truncated } = await bodyOf(answer);
      const connectedMs = marks.connected - startMs - dnsMs;
      return {
        status: answer.statusCode,
        statusText: STATUS_CODES[answer.statusCode] ?? '',
        headers: listed(answer.headers),
        body: text,
        truncated,
        address: marks.address,
        timing: {
          dnsMs,
          connectMs: Math.max(0, connectedMs),
          tlsMs: marks.secured === 0 ? 0 : marks.secured - marks.connected,
          firstByteMs,
          totalMs: performance.now() - startMs,
        },
        followed: [],
        leadsTo: leadsTo(answer.headers, url),
      };
    } catch (error) {
      throw explained(url, error, signal);
    } finally {
      await dispatcher.destroy();
    }
  }

  /** Where the request may go. Throws with everything that the configuration would have to allow for it. */
  async function permitted({ method }: HttpRequest, url: URL, signal: AbortSignal): Promise<Addresses> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isAllowed = options.allow.some((pattern) => matches(pattern, url));
    // No other name is looked up before it is allowed, because the lookup alone tells strangers of the request.
    const isKnown = isAllowed || isIP(host) !== 0 || isThisMachine(host);
    const found = isKnown ? await addressesOf(url, host, signal) : { addresses: [], dnsMs: 0 };
    // An address that the list names is allowed on purpose.
    const closed = found.addresses.filter((address) => !isPublic(address) && !mayReach(address) && address !== host);
    const refusals = [
      ...(methods.includes(method) ? [] : [refusal(`${method} may not be sent`, 'http.methods', [method])]),
      ...(isAllowed ? [] : [refusal(`no request may go to ${url.origin}`, 'http.allow', [url.origin])]),
      ...(closed.length === 0 ? [] : [refusal(notPublic(url.host, closed), 'http.networks', closed)]),
    ];
    if (refusals.length > 0) {
      const message = refusals.map(({ why }) => why).join('; ');
      const condition = isKnown ? '' : 'If its name leads to a private address, add that address to http.networks.';
      throw new NotAllowedError(message, refusals, condition);
    }
    return found;
  }

  async function addressesOf(url: URL, host: string, signal: AbortSignal): Promise<Addresses> {
    if (isIP(host) !== 0) return { addresses: [host], dnsMs: 0 };
    const startMs = performance.now();
    const addresses = await inTime(url, resolve(host), signal);
    if (addresses.length === 0) throw new UnreachableError(url.host, 'its host name has no address');
    return { addresses, dnsMs: performance.now() - startMs };
  }

  function agentTo(addresses: readonly string[], marks: Marks): Agent {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const connect = buildConnector({
      timeout: timeoutMs,
      allowH2: false,
      lookup: (_host: string, how: { all?: boolean }, give: (...args: unknown[]) => void) => {
        if (how.all) give(null, all);
        else give(null, all[0]?.address, all[0]?.family);
      },
    } as Parameters<typeof buildConnector>[0]);
    return new Agent({
      connect(target, done) {
        const socket = connect(target, done) as unknown as Socket;
        socket.once('connect', () => {
          marks.connected = performance.now();
          if (socket.remoteAddress !== undefined) marks.address = socket.remoteAddress;
        });
        socket.once('secureConnect', () => {
          marks.secured = performance.now();
        });
      },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  return async (first, caller) => {
    const bad = first.headers.find(([name]) => REFUSED_HEADERS.has(name.toLowerCase()));
    if (bad) throw new UsageError(`the header ${bad[0]} is set by the connection itself`, 'Leave it out.');
    const signal = AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)]);
    let request = first;
    const followed: string[] = [];
    for (;;) {
      const answer = await once(request, signal);
      const next = followable(request, answer);
      if (next === undefined || followed.length >= MAX_REDIRECTS) return { ...answer, followed };
      followed.push(next);
      request = { ...request, url: next };
    }
  };
}

type Addresses = Readonly<{ addresses: readonly string[]; dnsMs: number }>;

type Refusal = Missing & Readonly<{ why: string }>;

function refusal(why: string, setting: string, values: readonly string[]): Refusal {
  return { why, setting, values };
}

function notPublic(host: string, addresses: readonly string[]): string {
  return addresses.length === 1
    ? `${host} has the address ${addresses[0]}, which is not public`
    : `${host} has the addresses ${addresses.join(' and ')}, which are not public`;
}

/** What the connection reports while it is made. */
type Marks = { connected: number; secured: number; address: string };

/** The next request on the same host, with a method that changes nothing. */
function followable({ method, url }: HttpRequest, { status, leadsTo: target }: HttpAnswer): string | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || (method !== 'GET' && method !== 'HEAD')) return undefined;
  return target !== '' && new URL(target).origin === new URL(url).origin ? target : undefined;
}

function leadsTo({ location }: Dispatcher.ResponseData['headers'], base: URL): string {
  if (typeof location !== 'string' || !URL.canParse(location, base.href)) return '';
  const target = new URL(location, base);
  target.username = '';
  target.password = '';
  return target.protocol === 'http:' || target.protocol === 'https:' ? target.href : '';
}

function matches(pattern: string, url: URL): boolean {
  const [, scheme, host = ''] = /^(https?:)\/\/(.+?)\/?$/i.exec(pattern) ?? [];
  if (scheme?.toLowerCase() !== url.protocol) return false;
  const wild = host.startsWith('*.');
  const named = new URL(`${scheme}//${wild ? host.slice(2) : host}`);
  if (named.port !== url.port) return false;
  return wild ? url.hostname.endsWith(`.${named.hostname}`) : named.hostname === url.hostname;
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** A resolver takes no signal, and one that does not answer may take minutes. */
async function inTime(url: URL, found: Promise<readonly string[]>, signal: AbortSignal): Promise<readonly string[]> {
  const late = Promise.withResolvers<never>();
  const onAbort = () => late.reject(new UnreachableError(url.host, whyAborted(signal)));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([found, late.promise]);
  } catch (cause) {
    throw cause instanceof UnreachableError
      ? cause
      : new UnreachableError(url.host, 'its host name is unknown', { cause });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function headersOf({ headers }: HttpRequest): Record<string, string | string[]> {
  const sent: Record<string, string[]> = { 'accept-encoding': ['gzip'], 'user-agent': ['spanhound'] };
  const own = new Set<string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (!own.has(key)) sent[key] = [];
    own.add(key);
    sent[key]?.push(value);
  }
  return Object.fromEntries(
    Object.entries(sent).map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

function listed(headers: Dispatcher.ResponseData['headers']): HttpHeader[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): HttpHeader => [name, one]),
  );
}

async function bodyOf({ headers, body }: Dispatcher.ResponseData): Promise<{ text: string; truncated: boolean }> {
  const packed = headers['content-encoding'] === 'gzip';
  const plain: Readable = packed ? pipeline(body, createGunzip(), () => {}) : body;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    parts.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, MAX_BODY_BYTES);
  return { text: new TextDecoder().decode(bytes), truncated: size > MAX_BODY_BYTES };
}

function explained(url: URL, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof errors.InvalidArgumentError) {
    return new UsageError(`the request cannot be sent: ${error.message}`, 'Look at its method and headers.');
  }
  if (signal.aborted) return new UnreachableError(url.host, whyAborted(signal), { cause: error });
  return new UnreachableError(url.host, reasonOf(error), { cause: error });
}

/** The platform's messages contain at most the address, never a header. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return WHY[code] ?? `the connection failed (${code})`;
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_CONNECT_TIMEOUT: 'connecting timed out',
  UND_ERR_HEADERS_TIMEOUT: 'the response timed out',
  UND_ERR_BODY_TIMEOUT: 'the response stalled',
  Z_DATA_ERROR: 'the response is not valid gzip',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};
