/** Certificates that have expired or were never issued: from cert-manager's objects, log lines and events. */
import { changeInstant } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { CERTIFICATE_EXPIRED, NOT_YET_VALID } from '#model/instruments/certificate-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Certificate } from '#model/platform/cluster-objects.ts';
import type { Condition, Platform, PlatformEvent } from '#model/platform/platform.ts';
import {
  type Asked,
  citedEvents,
  hasLasted,
  mayBeWithin,
  type SeenTime,
  servicesInQuestion,
  shortened,
} from '#model/platform/platform-pods.ts';
import { isInternalHost } from '#model/trace/service-names.ts';

export type BadCertificate = Readonly<{
  service: string;
  /** The Certificate object; empty where only lines or events tell of it. */
  name: string;
  namespace: string;
  /** The server that presents it; empty where nobody names it. */
  host: string;
  cause: 'expired' | 'not-issued';
  /** The name of the Secret that holds it. */
  secret: string;
  sinceUs: number;
  words: string;
  /** How many lines and events report it. */
  count: number;
  evidence: readonly EvidenceItem[];
}>;

type Limits = Readonly<{ minLines: number; minMinutes: number }>;
type ServiceOf = ReturnType<typeof servicesInQuestion>;

export function badCertificates(
  asked: Asked & Partial<Pick<Evidence, 'logs'>>,
  { minLines, minMinutes }: Limits,
  time: SeenTime,
): readonly BadCertificate[] {
  const serviceOf = servicesInQuestion(asked);
  const reports = reportsIn(asked, time);
  const listed = asked.platform.certificates.flatMap((one) =>
    ofObject(one, { minMinutes, time, serviceOf, reports, platform: asked.platform }),
  );
  const known = new Set(listed.flatMap(({ told }) => told));
  const others = Map.groupBy(
    reports.filter((report) => !known.has(report)),
    // `stock` and `stock.shop.svc` are one server.
    ({ host, from }) => (host === '' ? `from ${from}` : host.split('.')[0]),
  );
  const told = [...others.values()].flatMap((own): readonly BadCertificate[] => {
    const [first] = own;
    const count = own.reduce((sum, one) => sum + one.count, 0);
    if (first === undefined || count < minLines) return [];
    const service = serviceAt(first, serviceOf, servicesKnown(asked));
    if (service === undefined || service === '') return [];
    return [
      {
        service,
        name: '',
        namespace: '',
        host: first.host,
        cause: 'expired',
        secret: '',
        sinceUs: first.expiredUs,
        words: first.words,
        count,
        evidence: first.evidence,
      },
    ];
  });
  return [...listed.map(({ told: _, ...one }) => one), ...told];
}

/** The services of the requests, and the one in question. */
function servicesKnown({ window, requests = [], healthyRequests = [] }: Asked): readonly string[] {
  const ofTraces = [...requests, ...healthyRequests].flatMap(({ services }) => services);
  return [...new Set([window.service, ...ofTraces])].filter((name) => name !== '');
}

/**
 * Whose certificate it is: of `stock.shop.svc` with its namespace, of `stock.internal.example` by the first part of the
 * name; of a host of somebody else, or without a host, the service that reports it.
 */
function serviceAt({ host, from }: Report, serviceOf: ServiceOf, known: readonly string[]): string | undefined {
  const [label = '', namespace = ''] = host.split('.');
  const isOfCluster = /\.svc(?:\.|$)/.test(host);
  const isOwn = isOfCluster || (label !== '' && isInternalHost(host));
  const names = [...(isOwn ? [label] : []), from].filter((name) => name !== '');
  const named = (name: string) => known.find((service) => isSameService(service, name));
  const found = names.flatMap((name) => {
    const inNamespace = serviceOf({ name: '', namespace, services: [name] });
    return (isOfCluster && name === label ? inNamespace : (named(name) ?? inNamespace)) ?? [];
  });
  return found[0] ?? (label === '' ? undefined : serviceOf({ name: '', namespace, services: [label] }));
}

/** What one line or event says of an expired certificate. */
type Report = Readonly<{
  host: string;
  /** The service that wrote the line; empty for an event. */
  from: string;
  expiredUs: number;
  words: string;
  count: number;
  evidence: readonly EvidenceItem[];
}>;

/** The other end refused the certificate of the one that writes: Go's `remote error`, OpenSSL's alert. */
const REFUSED_BY_CLIENT =
  /handshake error from \S{1,80}: remote error: tls: expired certificate|accept.{0,80}alert certificate expired/i;
/** Reported as an image pull failure. */
const OF_PULLS = /pull|registry/i;

function reportsIn(
  { platform, logs = [] }: Asked & Partial<Pick<Evidence, 'logs'>>,
  time: SeenTime,
): readonly Report[] {
  const ofLines = logs
    .filter(({ line }) => tells(line))
    .map((line) => {
      const own = REFUSED_BY_CLIENT.test(line.line) ? { host: line.service } : {};
      return { ...said(line.line), ...own, from: line.service, count: 1, evidence: [itemOf(line)] };
    });
  const ofEvents = platform.events
    .filter((event) => tells(event.message) && !OF_PULLS.test(`${event.reason} ${event.message}`) && isIn(event, time))
    .map((event) => ({ ...said(event.message), from: '', count: event.count, evidence: citedEvents([event]) }));
  return [...ofEvents, ...ofLines];
}

function tells(text: string): boolean {
  return CERTIFICATE_EXPIRED.test(text) && !NOT_YET_VALID.test(text);
}

function isIn({ firstUs, lastUs }: PlatformEvent, time: SeenTime): boolean {
  return mayBeWithin(firstUs, lastUs, time);
}

function itemOf({ timeNs, line }: LogLine): EvidenceItem {
  return { kind: 'log', ref: timeNs, text: shortened(line) };
}

/** The last URL before the words names the server: a webhook's message has the reason behind it. */
function said(text: string): Pick<Report, 'host' | 'expiredUs' | 'words'> {
  const host = /https?:\/\/((?:[a-z0-9-]{1,63}\.){0,8}[a-z0-9-]{1,63})/i.exec(text)?.[1] ?? '';
  const after = /current time \S{1,40} is after (\d{4}-\d\d-\d\dT[\d:]{8}Z)/.exec(text)?.[1];
  const instant = after ?? javaInstant(text);
  const expiredUs = instant === undefined ? undefined : changeInstant(instant);
  return { host, expiredUs: expiredUs ?? Number.NaN, words: text };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `NotAfter: Thu Nov 05 00:05:00 UTC 2026` as an instant of ISO 8601; other zones stay unread. */
function javaInstant(text: string): string | undefined {
  const [, name = '', day, time, year] =
    /\bNotAfter: \w{3} (\w{3}) (\d\d) ([\d:]{8}) (?:UTC|GMT|Z) (\d{4})/.exec(text) ?? [];
  const month = MONTHS.indexOf(name) + 1;
  return month === 0 ? undefined : `${year}-${String(month).padStart(2, '0')}-${day}T${time}Z`;
}

type Around = Readonly<{
  minMinutes: number;
  time: SeenTime;
  serviceOf: ServiceOf;
  reports: readonly Report[];
  platform: Platform;
}>;

function ofObject(
  certificate: Certificate,
  { minMinutes, time, serviceOf, reports, platform }: Around,
): readonly (BadCertificate & Readonly<{ told: readonly Report[] }>)[] {
  const { namespace, name, names, secret, notAfterUs } = certificate;
  const hosts = names.map((host) => host.split('.')[0] ?? '').filter((host) => /^[a-z0-9-]+$/.test(host));
  const behind = presentedFor(certificate, platform);
  // A host may be a name of the site alone: a workload or a Service has it, or else the object's own name says more.
  const [known, unknown] = [
    hosts.filter((host) => isRun(host, platform)),
    hosts.filter((host) => !isRun(host, platform)),
  ];
  const service = serviceOf({ name: '', namespace, services: [...behind, ...known, name, ...unknown] });
  const ready = certificate.conditions.find(({ type }) => type === 'Ready');
  const attempts = attemptsOf(certificate, platform);
  const isBeingIssued = attempts.length === 0 && certificate.conditions.some(isIssuing);
  const cause = causeOf(ready, notAfterUs, minMinutes * 60e6, { ...time, isEndTold: time.isEndTold || isBeingIssued });
  if (service === undefined || cause === undefined) return [];
  const told = reports.filter(({ host }) =>
    names.some((one) => one === host || one.split('.')[0] === host.split('.')[0]),
  );
  const state = ready === undefined ? '' : `, Ready ${ready.status}: ${ready.reason}`;
  const item: EvidenceItem = {
    kind: 'event',
    ref: `certificate/${namespace}/${name}`,
    text: shortened(`${name}: Secret ${secret}${state}${ready?.message ? `: ${ready.message}` : ''}`),
  };
  return [
    {
      service,
      name,
      namespace,
      host: names[0] ?? '',
      cause,
      secret,
      sinceUs: cause === 'expired' ? notAfterUs : (ready?.sinceUs ?? Number.NaN),
      words: attempts.at(-1)?.message ?? ready?.message ?? '',
      count: told.reduce((sum, one) => sum + one.count, 0),
      evidence: [item, ...citedEvents(attempts), ...told.slice(0, 1).flatMap(({ evidence }) => evidence)],
      told,
    },
  ];
}

/** The Service behind the Ingresses that present the certificate; empty where it is not one alone. */
function presentedFor({ namespace, secret }: Certificate, { ingresses }: Platform): readonly string[] {
  const own = ingresses.filter((one) => one.namespace === namespace && secret !== '' && one.secrets.includes(secret));
  const services = new Set(own.flatMap(({ backends }) => backends.map(({ service }) => service)));
  return services.size === 1 ? [...services] : [];
}

function isRun(host: string, { pods, services }: Platform): boolean {
  return (
    (services ?? []).some(({ name }) => isSameService(name, host)) ||
    pods.some((pod) => pod.services.some((name) => isSameService(name, host)))
  );
}

/** What cert-manager says of its last attempt: an issuer that is missing, an order that failed. */
function attemptsOf({ namespace, name }: Certificate, { events }: Platform): readonly PlatformEvent[] {
  return events.filter(
    ({ about, reason, message }) =>
      about.namespace === namespace &&
      /^(?:CertificateRequest|Order|Challenge)$/.test(about.kind) &&
      about.name.startsWith(`${name}-`) &&
      /^\d+(?:-\d+)*$/.test(about.name.slice(name.length + 1)) &&
      /not ?found|fail|error|invalid|denied/i.test(`${reason} ${message}`),
  );
}

/** An attempt goes on, so a list without its time counts as of the latest time in it. */
function isIssuing({ type, status }: Condition): boolean {
  return type === 'Issuing' && status === 'True';
}

function causeOf(
  ready: Condition | undefined,
  notAfterUs: number,
  leastUs: number,
  time: SeenTime,
): BadCertificate['cause'] | undefined {
  if (notAfterUs <= time.endUs) return 'expired';
  // Until the old one expires, a failed renewal harms nobody.
  if (ready?.status !== 'False' || Number.isFinite(notAfterUs)) return undefined;
  return hasLasted(ready.sinceUs, leastUs, time) ? 'not-issued' : undefined;
}
