/** What is stored of an alert: its texts without secrets. */
import { sha256 } from '#core/sha256.ts';
import type { Alert, Delivery } from '#model/incident/alert.ts';
import { redact, redactNamed } from '#model/redaction/redaction.ts';

/** The service keeps its name: the backends are asked for it. */
export function redactedAlert(alert: Alert): Alert {
  const { key, title, url, labels, links } = alert;
  return {
    ...alert,
    key: redactedKey(key),
    title: redact(title),
    url: redact(url),
    labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, redactNamed(name, value)])),
    ...(links && { links: redactedLinks(links) }),
  };
}

export function redactedDelivery(delivery: Delivery): Delivery {
  const { id, subject, members } = delivery;
  return {
    ...delivery,
    id: redactedKey(id),
    subject: redactedAlert(subject),
    members: members.map(redactedAlert),
  };
}

/** Two keys that differ only in a secret stay different. A key that was redacted here before stays as it is. */
function redactedKey(key: string): string {
  const clean = redact(key);
  const isDone = clean === key || (key.includes('[redacted:') && REDACTED_END.test(key));
  return isDone ? key : `${clean}#${sha256(key).slice(0, 16)}`;
}

const REDACTED_END = /#[0-9a-f]{16}$/;

/** Only web addresses. */
function redactedLinks(links: NonNullable<Alert['links']>): NonNullable<Alert['links']> {
  const web = Object.entries(links).filter(([, address]) => /^https?:\/\//i.test(address));
  return Object.fromEntries(web.map(([name, address]) => [redact(name), redact(address)]));
}
