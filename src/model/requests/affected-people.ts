/**
 * Counts the users and tenants whose requests failed or were slow, where attributes name them. Reports have the two
 * numbers, and never an id.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Who sent the request; '' where no attribute says. */
export type Sender = Readonly<{ user: string; tenant: string }>;

/** At least so many: the traces that were read may lack others. 0 where no attribute names any. */
export type AffectedPeople = Readonly<{ users: number; tenants: number }>;

/**
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/ and …/enduser/ (`enduser.id` is the older name of
 * `user.id`), and https://opentelemetry.io/docs/demo/semantic-conventions/
 */
const USERS = ['user.id', 'enduser.pseudo.id', 'user.hash', 'app.user.id'];
/** OpenTelemetry names no tenants. These are the names that teams choose in its style. */
const TENANTS = ['tenant.id', 'tenant_id', 'tenantId', 'app.tenant.id', 'organization.id', 'customer.id', 'account.id'];

/** An id is shorter; a longer value is no id, and its beginning tells it apart. */
const MOST_CHARS = 200;
/** Redaction gives several people the same value. */
const REDACTED = /\[redacted\b/i;

/** The first of the spans that says so counts. */
export function senderOf(trace: Trace, spans: readonly SpanIndex[]): Sender {
  const first = (names: readonly string[]) => {
    for (const span of spans) {
      for (const name of names) {
        const value = trace.text(span, name).slice(0, MOST_CHARS).trim();
        if (value !== '' && !REDACTED.test(value)) return value;
      }
    }
    return '';
  };
  return { user: first(USERS), tenant: first(TENANTS) };
}

/** Nobody needs to know more exactly. */
const MOST_COUNTED = 10_000;

/** Undefined where no request names anybody. */
export function peopleAmong(
  requests: readonly Readonly<{ sender?: Sender | undefined }>[],
): AffectedPeople | undefined {
  const users = new Set<string>();
  const tenants = new Set<string>();
  for (const { sender } of requests) {
    if (sender === undefined) continue;
    if (sender.user !== '' && users.size < MOST_COUNTED) users.add(sender.user);
    if (sender.tenant !== '' && tenants.size < MOST_COUNTED) tenants.add(sender.tenant);
  }
  return users.size + tenants.size === 0 ? undefined : { users: users.size, tenants: tenants.size };
}
