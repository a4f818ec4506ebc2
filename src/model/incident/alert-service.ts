/** Which of the services that report traces an alert is about. */
import type { Alert } from '#model/incident/alert.ts';

/** Where alert rules put the name, surest first: a job or a container may be a whole host's. */
const LABELS = [
  'service',
  'service_name',
  'service.name',
  'app',
  'app_kubernetes_io_name',
  'application',
  'deployment',
  'k8s_deployment_name',
  'container',
  'job',
];

/**
 * The service by its exact name; by its name written otherwise (`Payment Service`, `payment_svc`); by its name as a word
 * of the title. Undefined where none of these says one.
 */
export function serviceOfAlert(
  alert: Pick<Alert, 'title' | 'service' | 'labels'>,
  known: readonly string[],
): string | undefined {
  const named = [alert.service, ...LABELS.map((label) => alert.labels[label] ?? '')].filter((name) => name !== '');
  for (const same of [(name: string) => name, letters, withoutKind]) {
    for (const name of named) {
      const found = known.filter((service) => same(service) === same(name) && same(name) !== '').sort();
      if (found[0] !== undefined) return found[0];
    }
  }
  return wordIn(alert.title, known);
}

/** Whether two names are of one service, written otherwise at most. */
export function isSameService(a: string, b: string): boolean {
  return letters(a) !== '' && serviceKey(a) === serviceKey(b);
}

/** The same for all names that are of one service, so that many names can be found without comparing each with each. */
export const serviceKey = withoutKind;

function letters(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** `payments-service`, `payments-svc` and `payments` are one where only one of them reports. */
function withoutKind(name: string): string {
  return letters(name).replace(/(?:service|svc)$/, '');
}

/** The longest one that stands there: `payment-gateway` is not `payment`. */
function wordIn(title: string, known: readonly string[]): string | undefined {
  const byLength = known.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return byLength.find((service) => {
    const parts = service.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
    if (parts.length === 0) return false;
    return new RegExp(`(?<![\\p{L}\\p{N}_-])${parts.join('[\\s._/-]?')}(?![\\p{L}\\p{N}_-])`, 'iu').test(title);
  });
}
