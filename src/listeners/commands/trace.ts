/** `/trace <id>`: acknowledges at once. The answer comes into the channel later. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { answerTool, type ToolWorkflows, toolTyped } from '#listeners/commands/tools.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';
import { inboxIdOf, whoTyped } from '#listeners/delivery.ts';
import { readAsked } from '#model/trace/asked-for.ts';
import { EXAMPLE_TRACE_ID, severalTraceIds } from '#model/trace/trace-id.ts';
import type { Investigate } from '#workflows/traces/investigate.ts';

/** What can be pasted. */
export const traceUsage = (linkedSystems: string) =>
  [
    '*`/trace <id>`* diagnoses a trace: what broke, where, and why.',
    '',
    'The id can be',
    `• hex as the trace store shows it: \`/trace ${EXAMPLE_TRACE_ID}\`, 16 or 32 digits`,
    `• a link to a trace in ${linkedSystems}`,
    '• a `traceparent`, or a log line that holds an id',
    '• any other id in your logs, such as a request or an order: `/trace req-7f3a9c`; without a trace, I read its log lines',
    '',
    '`/trace tools` converts times, formats and compares JSON, and sends requests; only you see the answers: `/trace tools help`.',
    'In a thread, use *Diagnose this trace* in the menu of a message: Slack has no commands there.',
  ].join('\n');

/** `linkedSystems`: the systems whose links name a trace. */
export function traceCommand(
  investigate: Investigate,
  tools: ToolWorkflows,
  linkedSystems: string,
): Middleware<SlackCommandMiddlewareArgs> {
  return async ({ ack, command, context }) => {
    const typed = command.text.trim();
    const tool = toolTyped(typed);
    if (tool !== undefined) {
      await ack(await answerTool(tool, whoTyped(command, context), tools));
      return;
    }
    if (typed === '' || /^(help|-h|--help|\?)$/i.test(typed)) {
      await ack({ response_type: 'ephemeral', text: traceUsage(linkedSystems) });
      return;
    }
    const several = severalTraceIds(typed);
    if (several.length > 0) {
      const ids = several.map((id) => `\`${id}\``).join(', ');
      await ack({
        response_type: 'ephemeral',
        text: `This names ${several.length} traces: ${ids}. Give one of them, and ask for the others by commands of their own.`,
      });
      return;
    }
    const reference = readAsked(typed);
    if (reference === undefined) {
      await ack({
        response_type: 'ephemeral',
        text: `I found no trace id in ${quoteTyped(typed)}. \`/trace help\` shows what you can paste.`,
      });
      return;
    }
    // Slack drops a command after 3 s and never repeats it: store the job and the first line, acknowledge, work later.
    await investigate({
      inboxId: inboxIdOf(context),
      workspaceId: command.team_id,
      channelId: command.channel_id,
      askedBy: command.user_id,
      responseUrl: command.response_url,
      references: [reference],
    });
    await ack();
  };
}
