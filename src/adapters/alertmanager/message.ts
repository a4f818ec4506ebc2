/**
 * Messages of Alertmanager's Slack receiver. Its default template holds the state, the name, and in parentheses the values
 * of the other common labels, without their names; other templates write `name="value"`, or a list of labels as the text.
 * With `update_message`, the end is an edit. Their link leads to the receiver's alerts: with the name, it is the key.
 * https://github.com/prometheus/alertmanager/blob/main/template/default.tmpl
 *
 *   [FIRING:2] InstanceDown (node critical)   →   http://alertmanager:9093/#/alerts?receiver=team
 */
import { workloadOf } from '#adapters/alert-fields.ts';
import { HEARTBEAT_WHY, measured } from '#adapters/alert-group.ts';
import { partsOfLine, type Said } from '#adapters/message-text.ts';
import { isSentToChannel, messageReader, type NoAlert, type PostedAlert } from '#adapters/posted-message.ts';
import { isExporter, serviceLabelOf } from '#model/incident/alert-service.ts';
import { isHeartbeat } from '#model/incident/heartbeat.ts';

export const readAlertmanagerMessage = messageReader({
  source: 'alertmanager',
  // Other apps say the end of an alert in its thread and in the channel. Alertmanager has no threads.
  isOwn: (message) => !isSentToChannel(message),
  read,
});

const LABEL = /^\[(FIRING|RESOLVED)(?::\d{1,6})?\]\s*(.+)$/s;

function read({ lines }: Said): PostedAlert | NoAlert | undefined {
  const texts = lines.map(({ text }) => text);
  const links = lines.flatMap((line) => line.links).filter(({ url }) => /#\/alerts\?receiver=/.test(url));
  for (const { url, label } of links) {
    const [, state, name = ''] = LABEL.exec(label) ?? [];
    if (state !== undefined) return alertNamed(name.trim(), { url, texts, isOver: state === 'RESOLVED' });
  }
  // Templates with a title of their own write the state in front of the text.
  const [link] = links;
  const [, state, name = ''] = texts.map((text) => LABEL.exec(text)).find((said) => said !== null) ?? [];
  if (link === undefined || state === undefined) return undefined;
  return alertNamed(name.trim(), { url: link.url, texts, isOver: state === 'RESOLVED' });
}

type Around = Readonly<{ url: string; texts: readonly string[]; isOver: boolean }>;

function alertNamed(title: string, { url, texts, isOver }: Around): PostedAlert | NoAlert {
  const { alertname, values } = partsOf(title);
  const labels: Record<string, string> = {
    ...(alertname !== '' && { alertname: alertname.split(' ', 1)[0] ?? '' }),
    ...labelsInList(texts),
    ...labelsInPairs(values),
  };
  const words = values.toLowerCase().split(/\s+/);
  const severity = labels.severity ?? words.find((value) => GRADES.has(value)) ?? '';
  if (isHeartbeat({ ...labels, severity: words.includes('none') ? 'none' : severity }))
    return { noAlert: HEARTBEAT_WHY };
  const label = labels[serviceLabelOf(labels) ?? ''];
  const named = label !== undefined && isExporter(label) ? measured(labels) || label : label;
  const service = named ?? (groupedBy(alertname) || serviceAmong(values));
  return {
    key: `${url} ${[title, ...namedOnlyBelow(labels, { title, service })].join(' ')}`,
    title,
    state: isOver ? 'resolved' : 'triggered',
    service,
    severity,
    url,
    labels,
  };
}

/** A title without a value of a label is the same for all alerts: the list of labels below it tells them apart. */
function namedOnlyBelow(
  labels: Readonly<Record<string, string>>,
  { title, service }: Readonly<{ title: string; service: string }>,
): readonly string[] {
  const isInTitle = Object.values(labels).some((value) => value.length > 2 && title.includes(value));
  return isInTitle || labels.alertname === undefined ? [] : [labels.alertname, service];
}

/**
 * `HighErrors eu-1 cart`: behind the name, the values of the other labels of the group, sorted by the labels' names. In
 * Alertmanager's example they are the cluster and the service.
 * https://prometheus.io/docs/alerting/latest/configuration/#example
 */
function groupedBy(alertname: string): string {
  const [name = '', ...values] = alertname.split(/\s+/);
  // A name in words is a sentence.
  return /^[A-Z][a-z\d]+[A-Z]/.test(name) ? (namesIn(values).at(-1) ?? '') : '';
}

/** `InstanceDown (node critical)`: the name, and the values of common labels. */
function partsOf(name: string): Readonly<{ alertname: string; values: string }> {
  const open = name.endsWith(')') ? name.lastIndexOf('(') : -1;
  if (open < 0) return { alertname: name, values: '' };
  return { alertname: name.slice(0, open).trim(), values: name.slice(open + 1, -1) };
}

/** `job="cart", env="prod"` */
function labelsInPairs(values: string): Record<string, string> {
  const pairs = values.slice(0, 2_000).matchAll(/(?<![\w.])([A-Za-z_]\w{0,99})="([^"]{1,300})"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, value]));
}

/** ` • *service:* `cart``, ` - service = cart`, `*service:* cart *env:* prod`: the first of each name. */
const LISTED = /^(?:[•*·-]\s{1,3}\*?|\*(?=[a-z_]))([A-Za-z_][\w.]{0,99})\*?\s{0,2}[:=]\*?\s{0,3}`?([^`\n]{1,300})`?$/;

function labelsInList(texts: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const text of texts) {
    const { pairs, parts } = partsOfLine(text);
    for (const [name, value] of pairs) labels[name] ??= value;
    for (const part of parts) {
      const [, name = '', value = ''] = LISTED.exec(part.slice(0, 500).trim()) ?? [];
      if (name !== '') labels[name] ??= value.trim();
    }
  }
  return labels;
}

/** The values that rules give the label `severity`; the message holds values without names. */
const GRADES: ReadonlySet<string> = new Set(['critical', 'warning', 'info', 'error', 'page', 'high', 'low']);

/** Values of labels that name a place: an environment, a region, an address, a pod, a Prometheus, a type of file system. */
const PLACE =
  /^(?:prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test|qa|uat|canary|live|default|monitoring|kube-system|[a-z]{2}(?:-[a-z]{1,12}){1,3}-?\d[a-z]?|none|true|false|ext[234]|xfs|btrfs|zfs|tmpfs|overlay|vfat|nfs4?|[\d.]{1,40})$|[:/@]|-[a-z0-9]{5,10}-[a-z0-9]{5}$/i;

/** The value that can name a service, if only one can; a value that stands twice, as service and as job, first. */
function serviceAmong(values: string): string {
  if (/[="]/.test(values)) return '';
  const words = values.split(/\s+/);
  const names = namesIn(words);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  const [only, ...others] = new Set(names);
  const single = others.length === 0 ? (only ?? '') : '';
  // The values stand in the order of their labels' names: before a pod stands its namespace, behind it its service.
  const at = words.findIndex((word) => workloadOfPod(word) !== '');
  if (twice !== undefined || at < 0 || words.indexOf(single) > at) return twice ?? single;
  return workloadOfPod(words[at] ?? '');
}

/** The workload in the name of a pod; empty for another name and for the pod of an exporter. */
function workloadOfPod(word: string): string {
  const workload = workloadOf(word);
  return workload === word || !word.includes('-') || isExporter(workload) ? '' : workload;
}

/** Without grades and places; exporters and the names of their ports only where nothing else is named. */
function namesIn(words: readonly string[]): readonly string[] {
  const names = words.filter(
    (word) => /^[A-Za-z][\w.-]{1,100}$/.test(word) && !GRADES.has(word.toLowerCase()) && !PLACE.test(word),
  );
  const watched = names.filter((name) => !isExporter(name) && !PORT.test(name));
  return watched.length > 0 ? watched : names;
}

/**
 * The label `endpoint` holds the name of the port that is scraped.
 * https://prometheus-operator.dev/docs/developer/getting-started/
 */
const PORT = /^(?:https?|metrics|https?-(?:metrics|main|self))$/;
