/** The whole Slack surface on one page: read this next to `manifest.json`. */
import type { App } from '@slack/bolt';
import type { Log } from '#core/log.ts';
import { feedbackAction } from '#listeners/actions/feedback.ts';
import { logsAction } from '#listeners/actions/logs.ts';
import { markdownAction } from '#listeners/actions/markdown.ts';
import { unknownAction } from '#listeners/actions/unknown.ts';
import { traceCommand } from '#listeners/commands/trace.ts';
import { unknownCommand } from '#listeners/commands/unknown.ts';
import { type TellPerson, tellError } from '#listeners/error.ts';
import { appHomeOpened, type HomeFacts } from '#listeners/events/app-home-opened.ts';
import { diagnoseMessage } from '#listeners/shortcuts/diagnose-message.ts';
import type { Investigate } from '#workflows/investigate.ts';
import type { RecordFeedback } from '#workflows/record-feedback.ts';
import type { ShareDetail } from '#workflows/share-detail.ts';

export type Workflows = Readonly<{
  investigate: Investigate;
  shareDetail: ShareDetail;
  recordFeedback: RecordFeedback;
  /** Says something to one person where they are, without the store: for when the store is what failed. */
  tellPerson: TellPerson;
  home: HomeFacts;
}>;

export function registerListeners(app: App, workflows: Workflows, log: Log): void {
  const { investigate, shareDetail, recordFeedback, tellPerson, home } = workflows;
  app.command('/trace', traceCommand(investigate));
  app.command(/^(?!\/trace$)/, unknownCommand);
  app.shortcut('diagnose_message', diagnoseMessage(investigate));
  app.action('trace_logs', logsAction(shareDetail));
  app.action('trace_markdown', markdownAction(shareDetail));
  app.action('trace_right_yes', feedbackAction(recordFeedback, true));
  app.action('trace_right_no', feedbackAction(recordFeedback, false));
  app.action(/^(?!trace_(logs|markdown|right_yes|right_no)$)/, unknownAction);
  app.event('app_home_opened', appHomeOpened(home));
  app.error(tellError(tellPerson, log));
}
