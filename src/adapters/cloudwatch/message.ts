/**
 * Messages of Amazon's chat app in Slack (AWS Chatbot, now Amazon Q Developer) on alarms of CloudWatch. Region, account
 * and name make the alarm's ARN, which is the key of the webhook too.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/related-services.html
 *
 *   🚨 CloudWatch Alarm | cart-5xx | eu-west-1 | Account: 123456789012
 */
import { labelsOf, nameInTitle, serviceInTitle, Tags } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, messageReader, type PostedAlert } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { consoleUrl, watchedService } from './webhook.ts';

export const readCloudWatchMessage = messageReader({
  source: 'cloudwatch',
  isOwn: (message) => /^(?:aws|amazon q|cloudwatch)\b/i.test(appName(message)),
  read,
});

const TITLE =
  /CloudWatch Alarm \| (?<name>[^|\n]{1,300}) \| (?<region>[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d) \| Account: (?<account>\d{12})/;

const STATES: Readonly<Record<string, AlertState>> = { alarm: 'triggered', ok: 'resolved' };

function read({ lines, fields }: Said): PostedAlert | undefined {
  const { name = '', region = '', account } = titleIn(lines.map(({ text }) => text));
  const below = valuesBelow(lines.map(({ text }) => text));
  const said = (fields.get('state') ?? below.get('state') ?? '').toLowerCase();
  const state = STATES[said] ?? (said === '' ? stateByMark(lines.map(({ text }) => text)) : undefined);
  if (account === undefined || state === undefined) return undefined;
  const dimensions = {
    ...Object.fromEntries([...fields].map(([field, value]) => [DIMENSIONS[field] ?? field, value])),
    ...Tags.parse(below.get('dimensions') ?? fields.get('dimensions')),
    ...dimensionsBehind(below.get('metric') ?? fields.get('metric') ?? ''),
  };
  return {
    key: `arn:${partitionOf(region)}:cloudwatch:${region}:${account}:alarm:${name.trim()}`,
    title: name.trim(),
    state,
    service:
      watchedService(dimensions) ||
      nameInTitle(below.get('description') ?? fields.get('description') ?? '') ||
      serviceInTitle(name.trim()),
    severity: '',
    url: consoleUrl(region, name.trim()),
    labels: labelsOf({ region, account, metric: fields.get('metric') }),
  };
}

function titleIn(texts: readonly string[]): Readonly<Record<string, string>> {
  return texts.map((text) => TITLE.exec(text.slice(0, 1_000))?.groups).find((found) => found !== undefined) ?? {};
}

/** A bold name on a line of its own, and its value on the next; names in lower case. */
function valuesBelow(texts: readonly string[]): ReadonlyMap<string, string> {
  const named = texts.flatMap((text, at) => {
    const name = /^\*([A-Z][A-Za-z ]{1,30}):?\*$/.exec(text.trim())?.[1];
    return name === undefined ? [] : [[name.toLowerCase(), (texts[at + 1] ?? '').trim()] as const];
  });
  return new Map(named);
}

/** `AWS/Lambda Errors FunctionName=cart`: the dimensions behind the name of a metric. */
function dimensionsBehind(metric: string): Readonly<Record<string, string>> {
  const named = metric.slice(0, 1_000).matchAll(/(?<=[\s,({])([A-Z][A-Za-z]{1,60})=([^\s,(){}=]{1,300})/g);
  return Object.fromEntries([...named].map(([, name = '', value = '']) => [name, value]));
}

/** The emoji before the title of a message that has no state. */
function stateByMark(texts: readonly string[]): AlertState | undefined {
  const titled = texts.find((text) => TITLE.test(text.slice(0, 1_000))) ?? '';
  if (/^:(?:white_check_mark|large_green_circle):/.test(titled)) return 'resolved';
  return /^:rotating_light:/.test(titled) ? 'triggered' : undefined;
}

/** Fields have their names in lower case; dimensions do not. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  targetgroup: 'TargetGroup',
  loadbalancer: 'LoadBalancer',
  servicename: 'ServiceName',
  functionname: 'FunctionName',
  apiname: 'ApiName',
  queuename: 'QueueName',
  dbinstanceidentifier: 'DBInstanceIdentifier',
  dbclusteridentifier: 'DBClusterIdentifier',
  autoscalinggroupname: 'AutoScalingGroupName',
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
