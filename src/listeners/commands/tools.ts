/** `/trace tools …`: a responder's utilities, answered at once to the one who asked alone. */
import { SpanhoundError } from '#core/errors.ts';
import { escapeMrkdwn, plainFromMrkdwn } from '#present/slack-text.ts';
import { toolMessage } from '#present/slack-tool.ts';
import type { UseTool } from '#workflows/use-tool.ts';

const TOOLS_USAGE = [
  '*`/trace tools`* answers you alone:',
  '',
  '• `/trace tools time 1736173845123`, `time 06/Jan/2025:14:30:45 +0000 in Europe/Berlin`, or `time` with log lines behind it',
  '• `/trace tools json {"error": …}` formats a document and says what its numbers tell; `json $.error.context {…}` shows a part of it',
  '• `/trace tools diff {…} {…}` tells what differs between two documents; between two texts put a line of `---`',
].join('\n');

const TOOLS = /^tools(?:\s+|$)/i;

/** What stands behind `tools`; undefined where something else was asked. */
export function toolTyped(typed: string): string | undefined {
  return TOOLS.test(typed) ? typed.replace(TOOLS, '').trim() : undefined;
}

type Answer = Readonly<{ response_type: 'ephemeral'; text: string; blocks?: object[] }>;

export function answerTool(typed: string, useTool: UseTool): Answer {
  if (typed === '' || /^(help|-h|--help|\?)$/i.test(typed)) return { response_type: 'ephemeral', text: TOOLS_USAGE };
  try {
    const { text, blocks } = toolMessage(useTool(pasted(typed)));
    return { response_type: 'ephemeral', text, blocks: [...blocks] };
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    const said = `${sentence(error.message)} ${error.advice}`.trim();
    return { response_type: 'ephemeral', text: `${escapeMrkdwn(said)}\n\n${TOOLS_USAGE}` };
  }
}

/** As it was before Slack's composer made links, curly quotes and a block of code of it. */
function pasted(typed: string): string {
  return plainFromMrkdwn(typed)
    .replace(/^(\w+)\s+```\n?([\s\S]*?)\n?```$/, '$1 $2')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚]/g, "'");
}

function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}
