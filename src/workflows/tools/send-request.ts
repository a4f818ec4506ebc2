/**
 * Sends an HTTP request: `spanhound http` does it at once, in Slack it is a job. Slack gets the acknowledgement first,
 * only the person who asked sees the answer, and the audit log records who sent what where.
 *
 *   typed, or confirmed ──► [ job · audit · inbox row done ] ──► sent ──► answer where it was asked
 */
import type { Clock } from '#core/clock.ts';
import { errorRecord, SpanhoundError, UsageError } from '#core/errors.ts';
import { redact } from '#model/redaction/redaction.ts';
import { type ToolAnswer, toolMessage } from '#present/slack/tool-message.ts';
import { answerText, shownAnswer, shownRequest } from '#present/tools/http-text.ts';
import { probingText, probingVerdict } from '#present/tools/probe-text.ts';
import { audit } from '#record/audit.ts';
import { done } from '#record/inbox.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { respond } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { type HttpRequest, readCurl, type SendRequest } from '#utilities/http-request.ts';
import { type ProbeRequest, probeCircuit } from '#workflows/tools/probe-circuit.ts';

export const SEND_REQUEST = 'send-request';

/** The content of the job's row. It has no credentials, because they are refused. */
type Work = Readonly<{ kind: 'send'; request: HttpRequest } | { kind: 'probe'; probe: ProbeRequest }>;
type Payload = Readonly<{ work: Work; responseUrl: string }>;

export type AskedOfSlack = Readonly<{ inboxId: string; workspaceId: string; userId: string; responseUrl: string }>;

export type AskRequest = Readonly<{
  /** Parses the text into the request to send. Throws a UsageError. */
  readTyped(text: string): HttpRequest;
  send(asked: AskedOfSlack, request: HttpRequest): Promise<void>;
  probe(asked: AskedOfSlack, probe: ProbeRequest): Promise<void>;
}>;

export function requestOf(text: string): Readonly<{ request: HttpRequest; notes: readonly string[] }> {
  const read = readCurl(text);
  if ('request' in read) return read;
  throw new UsageError(
    redact(read.problem),
    'Give an address or paste a curl command: curl -H "accept: */*" https://api.example.com/health',
  );
}

export type AskRequestParts = Readonly<{ store: Store; jobs: Jobs; kick(): void }>;

export function requestAsker({ store, jobs, kick }: AskRequestParts): AskRequest {
  const ask = async ({ inboxId, workspaceId, userId, responseUrl }: AskedOfSlack, work: Work) => {
    const { method, url } = work.kind === 'send' ? work.request : { method: 'GET', url: work.probe.url };
    const payload: Payload = { work, responseUrl };
    await store.transaction(async (tx) => {
      await jobs.addJob(tx, { kind: SEND_REQUEST, workspaceId, key: inboxId, payload });
      await audit(tx, {
        workspaceId,
        actor: userId,
        action: work.kind === 'send' ? 'request.asked' : 'probe.asked',
        subject: new URL(url).host,
        detail: { method },
      });
      await done(tx, inboxId);
    });
    kick();
  };
  return {
    readTyped: typedInSlack,
    send: (asked, request) => ask(asked, { kind: 'send', request }),
    probe: (asked, probe) => ask(asked, { kind: 'probe', probe }),
  };
}

/** Slack keeps typed text and others can read it, so it must contain no password. */
function typedInSlack(text: string): HttpRequest {
  const { request } = requestOf(text);
  const { url, headers, body = '' } = request;
  const names = headers.map(([name]) => name.toLowerCase());
  const all = [url, ...headers.map(([name, value]) => `${name}: ${value}`), body].join('\n');
  if (names.includes('authorization') || names.includes('cookie') || redact(all) !== all) {
    throw new UsageError(
      'it contains a credential, and Slack keeps what you type',
      'Send it from a terminal: `spanhound http`. If the credential is real, replace it.',
    );
  }
  return request;
}

export type SendRequestParts = Readonly<{ store: Store; send: SendRequest; clock: Clock; kick(): void }>;

export function sendRequest({ store, send, clock, kick }: SendRequestParts): JobHandler {
  return async (job, signal) => {
    const { work, responseUrl } = job.payload as Payload;
    const answer = await answerTo(work, job.attempt, { send, clock }, signal);
    await store.transaction((tx) =>
      respond(tx, { workspaceId: job.workspaceId, responseUrl, message: toolMessage(answer), key: `http/${job.key}` }),
    );
    kick();
  };
}

type Sending = Readonly<{ send: SendRequest; clock: Clock }>;

async function answerTo(work: Work, attempt: number, parts: Sending, signal: AbortSignal): Promise<ToolAnswer> {
  const changesNothing = work.kind === 'send' && ['GET', 'HEAD', 'OPTIONS'].includes(work.request.method);
  if (attempt > 1 && !changesNothing) {
    return {
      title: 'I was interrupted and did not send it again',
      body: '',
      notes: ['Whether it arrived is not known.'],
    };
  }
  try {
    return work.kind === 'send' ? await sent(work.request, parts, signal) : await probed(work.probe, parts, signal);
  } catch (error) {
    if (!(error instanceof SpanhoundError) || signal.aborted) throw error;
    const { message, advice } = errorRecord(error);
    return { title: message, body: '', notes: [advice] };
  }
}

async function sent(request: HttpRequest, { send }: Sending, signal: AbortSignal): Promise<ToolAnswer> {
  const answer = shownAnswer(await send(request, signal));
  const asked = shownRequest(request);
  return { title: `${answer.status} ${answer.statusText}`.trimEnd(), body: answerText(asked, answer), notes: [] };
}

async function probed(probe: ProbeRequest, { send, clock }: Sending, signal: AbortSignal): Promise<ToolAnswer> {
  const probing = await probeCircuit(probe, { send, clock }, signal);
  const [, ...lines] = probingText(probing).split('\n');
  return { title: probingVerdict(probing), body: lines.join('\n'), notes: [] };
}
