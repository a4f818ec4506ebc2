/** Distinguishes Slack's answers from a proxy's page or a network's login form. */
import { type FetchFunction, type LogLevel, WebClient } from '@slack/web-api';
import { z } from 'zod';

const WebApiAnswer = z.looseObject({ ok: z.boolean() });

/**
 * A fetch for the client of the Web API, whose every answer is a JSON object with `ok`. The client takes any other text
 * for an error code: a plain `no_text` would refuse a message for good. Here it is an error, so the fate of the message
 * is unknown. The client already treats other statuses than 200 as errors.
 */
export function webApiFetch(given: FetchFunction | undefined): FetchFunction {
  return async (url, init) => {
    const answer = await (given ?? fetch)(url, init);
    if (answer.status !== 200) return answer;
    const text = await answer.text();
    if (!WebApiAnswer.safeParse(jsonIn(text)).success) throw new Error(NOT_SLACK);
    return new Response(text, { headers: [...answer.headers.entries()] });
  };
}

/** A client that asks once: what asks again is around it. `timeoutMs`: for one call. */
export function askOnceClient(
  token: string,
  { apiUrl, timeoutMs }: Readonly<{ apiUrl: string | undefined; timeoutMs: number }>,
): WebClient {
  return new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: webApiFetch(undefined),
    timeout: timeoutMs,
    logLevel: 'error' as LogLevel,
  });
}

export const NOT_SLACK = 'the response is not from Slack: a proxy may have sent it';

/** An answer with additional keys is not Slack's. */
const ResponseUrlAnswer = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), error: z.string() }),
]);

/**
 * Slack's answer at a response URL: `ok` or an error code, as plain text or as JSON, and nothing else. Slack documents
 * no empty answer, so an empty one comes from a proxy. A second message to one person does less harm than none, so it
 * does not count as `ok`.
 */
export function responseUrlWord(body: string): string {
  const plain = body.trim();
  const { success, data } = ResponseUrlAnswer.safeParse(jsonIn(plain));
  if (!success) return plain;
  return data.ok ? 'ok' : data.error;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
