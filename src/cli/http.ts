/** `spanhound http`: builds, sends and shows a request; probes a circuit breaker after confirmation. */
import { createInterface } from 'node:readline/promises';
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { type Output, openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { composeRequestSender } from '#compose/request-sender.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { loadConfig } from '#config/load.ts';
import { Config } from '#config/schema.ts';
import { settingsOf } from '#config/setting.ts';
import { systemClock } from '#core/clock.ts';
import { NotAllowedError, UsageError } from '#core/errors.ts';
import { answerText, shownAnswer, shownRequest } from '#present/tools/http-text.ts';
import { probingText, probingVerdict } from '#present/tools/probe-text.ts';
import {
  type HttpRequest,
  isThisMachine,
  quotedForShell,
  type SendRequest,
  writeCurl,
} from '#utilities/http-request.ts';
import { PROBE_LIMITS, type ProbeRequest, probeCircuit } from '#workflows/tools/probe-circuit.ts';
import { requestOf } from '#workflows/tools/send-request.ts';

export type HttpOptions = Readonly<{
  request?: string;
  header?: readonly string[];
  data?: string;
  curl?: true;
  probeCircuit?: true;
  trip?: string;
  requests?: string;
  wait?: string;
  yes?: true;
}>;

export async function http(call: Call, words: readonly string[], options: HttpOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  await composeRedaction(await loadAnalysisConfig(call.env, call.options.config));
  const { request, notes } = requestOf(await commandOf(words, options));
  for (const note of notes) process.stderr.write(`${note}.\n`);
  if (options.curl) {
    const json = () => JSON.stringify(shownRequest(request));
    await output.write(`${output.form === 'json' ? json() : shownRequest(request).curl}\n`);
    return EXIT.done;
  }
  const send = forTests(await composeRequestSender(loadConfig(call.env, call.options.config)));
  if (options.probeCircuit) return await probe(request, options, { send, output });

  const answer = shownAnswer(await send(request, new AbortController().signal));
  const asked = shownRequest(request);
  await output.write(
    output.form === 'json' ? `${JSON.stringify({ request: asked, answer })}\n` : answerText(asked, answer),
  );
  return EXIT.done;
}

/** A person at a terminal may try what runs on the same machine: the refusal says how, for this one command. */
function forTests(send: SendRequest): SendRequest {
  return async (request, signal) => {
    try {
      return await send(request, signal);
    } catch (error) {
      if (!(error instanceof NotAllowedError)) throw error;
      const places = [new URL(request.url).hostname, ...error.missing.flatMap(({ values }) => values)];
      if (!places.some(isThisMachine)) throw error;
      const variables = new Map(settingsOf(Config).map(({ path, env }) => [path.join('.'), env]));
      const set = error.missing.map(({ setting, values }) => `${variables.get(setting)}=${values.join(',')}`).join(' ');
      throw new UsageError(
        error.message,
        `${error.advice}\nTo test it on this machine, write before the command: ${set}`,
      );
    }
  };
}

/** Our options and curl's share one parser. */
async function commandOf(words: readonly string[], { request, header = [], data }: HttpOptions): Promise<string> {
  const [first = '', ...others] = words;
  const typed =
    others.length > 0 ? words.map(quotedForShell).join(' ') : first === '-' ? await textOfInput('-') : first;
  const more = [
    ...(request === undefined ? [] : ['-X', request]),
    ...header.flatMap((one) => ['-H', one]),
    ...(data === undefined ? [] : ['--data-raw', data]),
  ];
  return [typed, ...more.map(quotedForShell)].join(' ');
}

type Probe = Readonly<{ send: SendRequest; output: Output }>;

async function probe(request: HttpRequest, options: HttpOptions, { send, output }: Probe): Promise<number> {
  if (request.method !== 'GET' || request.headers.length > 0 || request.body !== undefined) {
    throw new UsageError(
      'a probe sends a plain GET',
      `Give the address alone: ${writeCurl({ ...shownRequest(request), method: 'GET', headers: [], body: undefined })}`,
    );
  }
  const asked: ProbeRequest = {
    url: request.url,
    tripUrl: options.trip === undefined ? undefined : requestOf(quotedForShell(options.trip)).request.url,
    requests: wholeNumber('--requests', options.requests, PROBE_LIMITS.requests),
    waitSeconds: wholeNumber('--wait', options.wait, PROBE_LIMITS.waitSeconds),
  };
  if (!options.yes) await confirmed(asked);
  const progress = openProgress();
  const tell = (line: string) => progress.say(line);
  const probing = await probeCircuit(asked, { send, clock: systemClock, tell }, new AbortController().signal).finally(
    () => progress.end(),
  );
  const asJson = () => JSON.stringify({ ...probing, said: probingVerdict(probing) });
  await output.write(output.form === 'json' ? `${asJson()}\n` : probingText(probing));
  return EXIT.done;
}

function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`${option} takes a whole number`, `From 1 to ${most}.`);
}

/** A probe adds load to a service that may already have a problem, so a person must confirm it. */
async function confirmed({ url, tripUrl = url, requests = 10 }: ProbeRequest): Promise<void> {
  const what = `This sends up to ${requests} quick requests to ${tripUrl} and may open its circuit breaker for everybody.`;
  if (!process.stdin.isTTY)
    throw new UsageError('a probe has to be confirmed', `${what} Add --yes if that is what you want.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const said = await terminal.question(`${what}\nType yes to go on: `).finally(() => terminal.close());
  if (said.trim().toLowerCase() !== 'yes') throw new UsageError('nothing was sent', 'It was not confirmed.');
}
