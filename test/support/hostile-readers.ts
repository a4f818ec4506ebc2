/** Who reads what others wrote: alerts, ids, typed text, log lines. Each takes one text, however it is delivered. */
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readDatadogWebhook } from '#adapters/datadog/webhook.ts';
import { readGrafanaMessage } from '#adapters/grafana/message.ts';
import { readOpsgenieWebhook } from '#adapters/opsgenie/webhook.ts';
import { readPagerDutyMessage } from '#adapters/pagerduty/message.ts';
import { readPagerDutyWebhook } from '#adapters/pagerduty/webhook.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { sqlAttack } from '#detect/signs/attacks/sql-attacks.ts';
import { readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { toolTyped } from '#listeners/commands/tools.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';
import { serviceOfAlert } from '#model/incident/alert-service.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logText } from '#model/logs/log-text.ts';
import { requestIdsIn } from '#model/logs/request-ids.ts';
import { redact } from '#model/redaction/redaction.ts';
import { queryShape } from '#model/sql/query-shape.ts';
import { plainCharacters } from '#model/text/plain-characters.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import { namedTraceId, readTraceId } from '#model/trace/trace-id.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { pagerdutyEvent, pagerdutyMessage } from '#test/pagerduty.ts';
import { readCurl } from '#utilities/http-request.ts';
import { instantsIn, readInstant } from '#utilities/instant.ts';
import { readJson } from '#utilities/json-document.ts';
import { readSpan } from '#utilities/time-span.ts';
import { UTC } from '#utilities/time-zone.ts';
import { readDueDate } from '#workflows/action-items/due-day.ts';
import { readWholeTime, splitTime } from '#workflows/times/spoken-time.ts';

const NOW = { nowNs: 1_767_709_800_000_000_000n, zone: UTC };
const line = (text: string): LogLine => ({
  timeNs: '1767709800000000000',
  service: '',
  level: '',
  traceId: '',
  spanId: '',
  labels: {},
  line: text,
});

const hookMessage = (given: object) => ({
  type: 'message',
  subtype: 'bot_message',
  channel: 'C1',
  ts: '1.1',
  ...given,
});

export const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a trace id that somebody pastes': readTraceId,
  'a trace id in an alert': namedTraceId,
  'ids in a message of Slack': (text) => tracesIn({ text, blocks: [] }),
  'a message of PagerDuty': (title) =>
    readPagerDutyMessage(pagerdutyMessage({ id: 'Q1', title }, { channel: 'C1', ts: '1.1' })),
  'a webhook of PagerDuty': (title) =>
    readPagerDutyWebhook(pagerdutyEvent({ id: 'Q1', title }, { eventId: '1', atMs: 1 }), 1),
  'a webhook of Alertmanager': (text) =>
    readAlertmanagerWebhook(
      alertmanagerGroup([{ ...firing('a'), labels: { alertname: text }, annotations: { summary: text } }], {}),
    ),
  'a webhook of Datadog': (text) =>
    readDatadogWebhook(
      { title: `[Triggered on {${text}}] ${text}`, event_type: 'x', body: text, alert_query: text, tags: text },
      1,
    ),
  'a webhook of Opsgenie': (text) =>
    readOpsgenieWebhook({ action: 'Create', alert: { alertId: text || 'a', message: text, details: { a: text } } }, 1),
  'a message of Grafana': (text) =>
    readGrafanaMessage(hookMessage({ username: 'Grafana', text: `[FIRING:1] ${text}\nLabels:\n - a = ${text}` })),
  'a message of an app that nobody knows': (text) => mappedMessages({})(hookMessage({ username: 'Acme', text })),
  'the service of an alert': (title) => serviceOfAlert({ title, service: '', labels: { app: title } }, ['cart', 'pay']),
  'what is typed after /incident': readIncidentRequest,
  'what is typed after /trace tools': toolTyped,
  'what was typed, quoted': quoteTyped,
  'a time that somebody says': splitTime,
  'a time alone': readWholeTime,
  'a due day': (text) => readDueDate(text, 1_767_709_800_000_000, undefined),
  'plain characters': (text) => plainCharacters(text).plain,
  'a time': (text) => readInstant(text, NOW),
  'times in a text': (text) => instantsIn(text, NOW),
  'a length of time': readSpan,
  'a request as curl has it': readCurl,
  'a JSON document': readJson,
  'the text of a log line': logText,
  'whether a line tells of a failure': (text) => tellsOfFailure(line(text)),
  'request ids in a line': (text) => requestIdsIn(line(text)),
  'an attack in a line': sqlAttack,
  'the name of an operation': operationTemplate,
  'the shape of a query': (text) => queryShape(text),
  'what is secret in a text': redact,
};

const SIGNS = [...'aZ0 .,:;-_=/\\|"\'`<>(){}[]@#*+?!$%&~^\n\t\r', 'é', '’', '\u200b', '🙂'];
/** Of these each with each. */
const PAIRED = [...'a0 .:-_="/\\<({['];

/** Nothing that is repeated goes on to the end of a text that ends so. */
const ENDS = ['', '§x'];

/** Each sign again and again, and each of some pairs. */
export function hostileTexts(length: number): readonly string[] {
  const pairs = PAIRED.flatMap((one) => PAIRED.filter((other) => other !== one).map((other) => one + other));
  return [...SIGNS, ...pairs].flatMap((part) => {
    const long = part.repeat(Math.ceil(length / part.length));
    return ENDS.map((end) => `x${long}${end}`);
  });
}
