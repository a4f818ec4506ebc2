/** `/trace tools …`: utilities for responders. Only the person who asked sees the answer, at once. */
import { SpanhoundError } from '#core/errors.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { probeButton } from '#present/slack/probe-button.ts';
import { escapeMrkdwn, plainFromMrkdwn } from '#present/slack/text.ts';
import { toolMessage } from '#present/slack/tool-message.ts';
import type { AskedOfSlack, AskRequest } from '#workflows/tools/send-request.ts';
import type { UseTool } from '#workflows/tools/use-tool.ts';

const TOOLS_USAGE = [
  'Only you see the answers of *`/trace tools`*:',
  '',
  '• `/trace tools time 1736173845123`, `time 06/Jan/2025:14:30:45 +0000 in Europe/Berlin`, or `time` with log lines behind it',
  '• `/trace tools json {"error": …}` formats a document and explains its numbers; `json $.error.context {…}` shows a part of it',
  '• `/trace tools diff {…} {…}` lists the differences between two documents; for two texts, put a line of `---` between them',
  '• `/trace tools http https://api.example.com/health`, or a curl command: sends the request, if the configuration allows it',
  '• `/trace tools http --probe-circuit <address> [<address to trip it with>]` shows when a circuit breaker opens and closes, after you confirm',
].join('\n');

const TOOLS = /^tools(?:\s+|$)/i;

/** The text after `tools`; undefined for another command. */
export function toolTyped(typed: string): string | undefined {
  return TOOLS.test(typed) ? typed.replace(TOOLS, '').trim() : undefined;
}

/** Whether the text after `/trace` is for `tools http`, which sends a request. */
export function sendsRequest(typed: string): boolean {
  const tool = toolTyped(typed.trim());
  return tool !== undefined && HTTP.test(pasted(tool));
}

type Answer = Readonly<{ response_type: 'ephemeral'; text: string; blocks?: object[] }>;

export type ToolWorkflows = Readonly<{ useTool: UseTool; askRequest: AskRequest }>;

export async function answerTool(typed: string, asked: AskedOfSlack, workflows: ToolWorkflows): Promise<Answer> {
  if (typed === '' || /^(help|-h|--help|\?)$/i.test(typed)) return { response_type: 'ephemeral', text: TOOLS_USAGE };
  try {
    const text = pasted(typed);
    if (HTTP.test(text)) return await answerHttp(text.replace(HTTP, ''), asked, workflows.askRequest);
    return ephemeral(toolMessage(workflows.useTool(text)));
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    const said = `${capitalised(error.message)}. ${error.advice}`.trim();
    return { response_type: 'ephemeral', text: `${escapeMrkdwn(said)}\n\n${TOOLS_USAGE}` };
  }
}

const HTTP = /^http\s+/i;
const PROBE = /^--probe-circuit\s+(\S+)(?:\s+(\S+))?$/;

/** The answer comes later in the same place. A probe needs a confirmation first. */
async function answerHttp(typed: string, asked: AskedOfSlack, ask: AskRequest): Promise<Answer> {
  const [, url, tripUrl] = PROBE.exec(typed.trim()) ?? [];
  if (url === undefined) {
    const request = ask.readTyped(typed);
    await ask.send(asked, request);
    return { response_type: 'ephemeral', text: escapeMrkdwn(`Sending the request to ${new URL(request.url).host}…`) };
  }
  const probe = {
    url: ask.readTyped(url).url,
    ...(tripUrl === undefined ? {} : { tripUrl: ask.readTyped(tripUrl).url }),
  };
  const title = `Probe the circuit breaker of ${new URL(probe.url).host}?`;
  const body = [
    `1. one GET ${probe.url}: is it closed?`,
    `2. up to 10 quick GET ${probe.tripUrl ?? probe.url}, until one is refused`,
    '3. if it opened: a wait of 30 s, then two more requests, to see whether it closes again',
  ].join('\n');
  const notes = ['This may open the breaker for everybody. Only you see the answer.'];
  return ephemeral(toolMessage({ title, body, notes }, [probeButton(probe)]));
}

function ephemeral({ text, blocks }: ReturnType<typeof toolMessage>): Answer {
  return { response_type: 'ephemeral', text, blocks: [...blocks] };
}

/** Undoes the changes of Slack's composer: links, curly quotes, code blocks. */
function pasted(typed: string): string {
  return plainFromMrkdwn(typed)
    .replace(/^(\w+)\s+```\n?([\s\S]*?)\n?```$/, '$1 $2')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚]/g, "'");
}
