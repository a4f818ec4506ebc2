/** Finds the service of an alert among the services that send traces. */
import type { Alert } from '#model/incident/alert.ts';

/**
 * Labels in which alert rules name the service, most reliable first: a job or a container may stand for a whole host.
 */
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
 * The service by its exact name, then by a variant of its name (`Payment Service`, `payment_svc`), then by its name as
 * a word of the title. Undefined where none matches.
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

/** Whether two names mean one service, at most with different spelling. */
export function isSameService(a: string, b: string): boolean {
  return letters(a) !== '' && serviceKey(a) === serviceKey(b);
}

/** The same key for all names of one service, so that names need no pairwise comparison. */
export const serviceKey = withoutKind;

function letters(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** `payments-service`, `payments-svc` and `payments` are one where only one of them sends traces. */
function withoutKind(name: string): string {
  return letters(name).replace(/(?:service|svc)$/, '');
}

/** The longest matching name: `payment-gateway` is not `payment`. */
function wordIn(title: string, known: readonly string[]): string | undefined {
  const byLength = known.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return byLength.find((service) => {
    const parts = service.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
    if (parts.length === 0) return false;
    return new RegExp(`(?<![\\p{L}\\p{N}_-])${parts.join('[\\s._/-]?')}(?![\\p{L}\\p{N}_-])`, 'iu').test(title);
  });
}
