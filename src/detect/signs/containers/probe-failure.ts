/** Why a probe fails, by the kubelet's messages and by the probe itself. */
import type { Container, PlatformEvent } from '#model/platform/platform.ts';
import { type Probe, portNumber } from '#model/platform/service-objects.ts';

export type ProbeFailure = Readonly<{
  /** `it asks port 8081, but the container listens on 8080`; empty where the evidence shows no reason. */
  because: string;
  /** The kubelet's message. */
  words: string;
}>;

/** Undefined where no message tells of this probe. `events` are about the container. */
export function probeFailure(
  of: Probe['of'],
  { ports, probes }: Pick<Container, 'ports' | 'probes'>,
  events: readonly PlatformEvent[],
): ProbeFailure | undefined {
  const about = new RegExp(`\\b${of} probe\\b`, 'i');
  const failed = events.findLast(({ reason, message }) => reason === 'Unhealthy' && about.test(message));
  if (failed === undefined) return undefined;
  const probe = probes.find((one) => one.of === of);
  const words = failed.message;
  return { because: protocolIn(words, probe) || portIn(words, probe, ports) || answerIn(words, probe), words };
}

/** The server answered in another protocol. The messages are those of Go's `net/http` and `grpc-go`. */
function protocolIn(words: string, probe: Probe | undefined): string {
  if (
    /malformed HTTP (?:response|status|version)|HTTP\/1\.x transport connection broken|server sent GOAWAY/i.test(words)
  )
    return 'it asks by HTTP, but the container answers in another protocol (gRPC or a protocol of its own)';
  if (/server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i.test(words))
    return 'it asks by HTTPS, but the container answers in plain HTTP';
  if (/http request to an https server|client sent an HTTP request to an HTTPS/i.test(words))
    return 'it asks by HTTP, but the container expects HTTPS';
  if (
    /error reading server preface|Unimplemented|unknown service grpc\.health|not implement the grpc health/i.test(words)
  )
    return 'it asks by gRPC, but the container does not offer the gRPC health protocol';
  if (probe?.by === 'grpc' && /frame too large|http2: /i.test(words))
    return 'it asks by gRPC, but the container answers in another protocol';
  return '';
}

function portIn(words: string, probe: Probe | undefined, ports: Container['ports']): string {
  if (!/refused|failed to connect|timed? ?out|deadline|no such port|couldn't find port/i.test(words)) return '';
  const asked = probe === undefined || probe.port === '' ? portOfMessage(words) : portNumber(probe.port, ports);
  if (Number.isNaN(asked) && probe !== undefined && probe.port !== '')
    return `it asks the port ${probe.port}, which no container declares`;
  if (Number.isNaN(asked) || ports.length === 0 || ports.some(({ port }) => port === asked)) return '';
  return `it asks port ${asked}, but the container declares port ${ports.map(({ port }) => port).join(', ')}`;
}

/** `dial tcp 10.0.0.7:8081`, `service "10.0.0.7:8081"` */
function portOfMessage(words: string): number {
  return Number(/\b\d{1,3}(?:\.\d{1,3}){3}:(\d{1,5})\b/.exec(words)?.[1] ?? Number.NaN);
}

function answerIn(words: string, probe: Probe | undefined): string {
  const status = /statuscode: (\d{3})/i.exec(words)?.[1];
  const path = probe?.path ?? '';
  if (status === '404') return `its path ${path === '' ? '' : `${path} `}does not exist (404)`;
  if (status !== undefined) return `the container answers with status ${status}`;
  if (/refused/i.test(words)) return 'nothing listens on its port yet';
  if (/timed? ?out|deadline/i.test(words))
    return `the container does not answer within ${probe === undefined ? 'its timeout' : `${probe.timeoutSeconds} s`}`;
  return '';
}
