/** Tells Slack's answers from those of somebody in between: a proxy's page, a network that wants a login. */
import type { FetchFunction } from '@slack/web-api';
import { z } from 'zod';

const WebApiAnswer = z.looseObject({ ok: z.boolean() });

/**
 * A fetch for the client of the Web API, whose every answer is a JSON object with `ok`. The client takes any other text
 * for an error code: a plain `no_text` would refuse a message for good. It is an error here, so that nothing is known of
 * the message. Other statuses than 200 are errors of the client already.
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

export const NOT_SLACK = 'the response is not from Slack: a proxy may have sent it';

/** Whoever adds a key of their own is not Slack. */
const ResponseUrlAnswer = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), error: z.string() }),
]);

/**
 * What Slack said at a response URL: `ok` or an error code, as plain text or as JSON, and nothing besides. Slack
 * documents no empty answer: where one comes, somebody in between gave it. A second message to one person does less harm
 * than none, so it does not count as `ok`.
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
