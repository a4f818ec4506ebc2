/**
 * Sematext's custom webhooks. People write the body from Sematext's variables; docs/alerts.md has one with the names of
 * Sematext's own API. https://sematext.com/docs/integration/alerts-webhooks-integration/
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Instant,
  Labels,
  labelsOf,
  linesOf,
  Name,
  nameInTitle,
  Prose,
  serviceOf,
  stateIn,
  Tags,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';

const Flag = z
  .unknown()
  .optional()
  .transform((value) =>
    /^(?:true|1)$/i.test(`${value}`) ? true : /^(?:false|0)$/i.test(`${value}`) ? false : undefined,
  );

const SematextBody = z.object({
  title: Name,
  text: Prose,
  description: Prose,
  backToNormal: Flag,
  status: Name,
  appName: Name,
  appType: Name,
  applicationId: Name,
  ruleId: Name,
  ruleType: Name,
  priority: Name,
  tags: Tags,
  when: Instant,
  createTime: Instant,
  createTimestamp: Instant,
  /** What the rule is limited to: `{"os.host": "web-1"}`, or `os.host=web-1` as text. */
  filters: z
    .unknown()
    .optional()
    .transform((value) => (typeof value === 'string' ? Tags.parse(value) : Labels.parse(value))),
  troubleshootUrl: Name,
  url: Name,
  link: Name,
});

export function isSematextBody(body: unknown): boolean {
  return z.looseObject({ backToNormal: z.unknown().refine((value) => value !== undefined) }).safeParse(body).success;
}

export function readSematextWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = SematextBody.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const said = parsed.data;
  // The title of many rules is the product's name: what happened stands in the description.
  const named = /^sematext$/i.test(said.title) ? '' : said.title;
  const title = firstOf(named, said.text.split('\n', 1)[0], said.description.split('\n', 1)[0], said.title);
  if (title === '') return { kind: 'unreadable', why: '✖ no title\n  → at title' };
  const state = said.backToNormal === undefined ? stateIn(said.status) : said.backToNormal ? 'resolved' : 'triggered';
  if (state === undefined) {
    return {
      kind: 'unreadable',
      why: '✖ neither an alert nor its end\n  → at backToNormal: add "backToNormal" to the body',
    };
  }
  const labels = {
    ...said.filters,
    ...said.tags,
    ...labelsOf({ app: said.appName, app_type: said.appType, rule_type: said.ruleType }),
  };
  const atUs = said.when ?? said.createTime ?? said.createTimestamp ?? receivedUs;
  return deliveryOf({
    source: 'sematext',
    key: firstOf(
      said.ruleId && `${said.applicationId}/${said.ruleId}`,
      limitsOf(said),
      ruleIn(said),
      `${said.appName}/${withoutState(title)}`,
    ),
    title,
    service: firstOf(
      serviceOf(labels),
      said.appName,
      said.filters['container.name'],
      said.filters['os.host'],
      appIn(title),
      appIn(said.description),
      nameInTitle(withoutState(title)),
    ),
    severity: said.priority,
    state,
    atUs,
    saidUs: state === 'resolved' ? Math.max(atUs, said.createTime ?? said.createTimestamp ?? receivedUs) : atUs,
    url: firstOf(said.troubleshootUrl, said.url, said.link),
    traceId: traceIdIn(said.text, said.description, linesOf(labels)),
    labels,
  });
}

/** Without the rule's id: its kind and what it is limited to, which its end repeats. The description holds values. */
function limitsOf({ applicationId, ruleType, filters }: z.output<typeof SematextBody>): string {
  return Object.keys(filters).length === 0 ? '' : `${applicationId}/${ruleType}/${linesOf(filters)}`;
}

/** `…/ui/alerts/991?…`: the rule in the address of its page, else the series that the description quotes. */
function ruleIn({ applicationId, ruleType, troubleshootUrl, description }: z.output<typeof SematextBody>): string {
  const page = /\/alerts\/(\d{1,20})(?:[/?#]|$)/.exec(troubleshootUrl)?.[1];
  const series = /["'“]([^"'“”]{1,200})["'”]/.exec(description.slice(0, 1_000))?.[1];
  return applicationId !== '' && (page ?? series) !== undefined ? `${applicationId}/${ruleType}/${page ?? series}` : '';
}

/** `… for app cart`, `… for application "cart api"` */
function appIn(text: string): string {
  const [, quoted, plain = ''] =
    /\bfor app(?:lication)?:? (?:["'“]([^"'“”]{1,100})["'”]|([\w.-]{1,100}))/i.exec(text.slice(0, 2_000)) ?? [];
  return quoted ?? plain.replace(/\.$/, '');
}

/** The same for the alert and for its end. */
function withoutState(title: string): string {
  return title
    .replace(/[[(]?\bback to normal\b[\])]?:?/i, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
