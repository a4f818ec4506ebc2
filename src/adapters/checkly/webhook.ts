/**
 * Checkly's webhook alert channel. People write the body from Checkly's variables; docs/checkly.md has one with their
 * names in small letters. https://www.checklyhq.com/docs/integrations/alerts/webhooks/
 */
import { z } from 'zod';
import {
  deliveryOf,
  firstOf,
  Instant,
  labelsOf,
  Name,
  Prose,
  Required,
  serviceOf,
  Tags,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import { signatureProof } from '#adapters/shared-secret.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';
import type { AlertState } from '#model/incident/alert.ts';

export function checklyProof(secret: string | undefined): Proof | undefined {
  return signatureProof(secret, { header: 'x-checkly-signature' });
}

const ChecklyBody = z.object({
  alert_type: Required,
  /** A template may have the title alone. */
  check_name: Name,
  check_id: Name,
  check_type: Name,
  check_result_id: Name,
  check_error_message: Prose,
  group_name: Name,
  run_location: Name,
  alert_title: Name,
  event: Name,
  started_at: Instant,
  link: Name,
  result_link: Name,
  tags: Tags,
});

/** https://www.checklyhq.com/docs/alerting-and-retries/alert-states/ */
const STATES: Readonly<Record<string, AlertState>> = {
  ALERT_FAILURE: 'triggered',
  ALERT_FAILURE_REMAIN: 'triggered',
  ALERT_FAILURE_DEGRADED: 'triggered',
  ALERT_DEGRADED: 'triggered',
  ALERT_DEGRADED_REMAIN: 'triggered',
  ALERT_DEGRADED_FAILURE: 'triggered',
  ALERT_RECOVERY: 'resolved',
  ALERT_DEGRADED_RECOVERY: 'resolved',
};

/** The variables stand in capitals in older templates. */
function inSmallLetters(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Tags are words: the one with which the name of the check begins is what it checks. */
function tagIn(name: string, body: unknown): string {
  const said = z.looseObject({ tags: z.union([z.string(), z.array(z.string())]) }).safeParse(inSmallLetters(body));
  const tags = said.success ? [said.data.tags].flat().flatMap((tag) => tag.slice(0, MOST_TAGS).split(',')) : [];
  return tags.map((tag) => tag.trim()).find((tag) => tag.length > 2 && name.startsWith(`${tag} `)) ?? '';
}

/** `ALERT_TITLE` is the name of the check and what happened: `Search API has failed`. */
const TITLE = /^(\S.{0,200}?) (?:has|is|was) (?:failed|recovered|degraded|still )/i;

function checkInTitle({ alert_title, event, check_id }: z.output<typeof ChecklyBody>): string {
  return check_id === '' ? '' : (TITLE.exec(firstOf(alert_title, event))?.[1] ?? '');
}

/** Characters. */
const MOST_TAGS = 2_000;

export function readChecklyWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = ChecklyBody.safeParse(inSmallLetters(body));
  if (!parsed.success) return unreadable(parsed.error);
  const state = STATES[parsed.data.alert_type];
  const named = firstOf(parsed.data.check_name, state && checkInTitle(parsed.data));
  if (named === '') return { kind: 'unreadable', why: '✖ expected the name of the check\n  → at check_name' };
  const said = { ...parsed.data, check_name: named };
  if (state === undefined) return { kind: 'other', why: `${said.alert_type} starts and ends no alert` };
  const saidUs = said.started_at ?? receivedUs;
  const alert = {
    source: 'checkly',
    key: firstOf(said.check_id, said.check_name),
    title: firstOf(said.alert_title, said.event, said.check_name),
    service: firstOf(serviceOf(said.tags), tagIn(said.check_name, body), said.check_name),
    severity: /DEGRADED/.test(said.alert_type) && state === 'triggered' ? 'degraded' : '',
    state,
    atUs: saidUs,
    saidUs,
    url: firstOf(said.link, said.result_link),
    traceId: traceIdIn(said.check_error_message),
    labels: {
      ...said.tags,
      ...labelsOf({ check: said.check_name, group: said.group_name, location: said.run_location }),
    },
  };
  return deliveryOf(said.alert_type.endsWith('_REMAIN') ? { ...alert, reminder: true } : alert, said.check_result_id);
}
