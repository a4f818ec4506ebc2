/**
 * A check that a person sets for an action item: an alert rule, an attribute of spans, or a p99. Nobody needs a diagnosis
 * for it.
 *
 *   rule        CheckoutErrors
 *   attribute   tenant.id on POST /pay of checkout
 *   p99         POST /pay of checkout below 500 ms
 */
import { exactDuration } from '#model/text/duration.ts';

export const PROBE_KINDS = ['rule', 'attribute', 'p99'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

export type RuleProbe = Readonly<{ kind: 'rule'; rule: string }>;
export type AttributeProbe = Readonly<{ kind: 'attribute'; attribute: string; operation: string; service: string }>;
export type PercentileProbe = Readonly<{ kind: 'p99'; operation: string; service: string; belowUs: number }>;
export type ItemProbe = RuleProbe | AttributeProbe | PercentileProbe;

/** The longest text that a person may write as a check. */
export const PROBE_CHARS = 200;
/** Hours of a limit are no p99 that anybody waits for. */
const LONGEST_LIMIT_US = 3_600e6;

export type ReadProbe = Readonly<{ probe: ItemProbe } | { problem: string }>;

/** What a person wrote for this kind of check; else what to write. */
export function readProbe(kind: ProbeKind, written: string): ReadProbe {
  const text = written.trim().replace(/\s+/g, ' ');
  const probe = text.length > PROBE_CHARS ? undefined : READERS[kind](text);
  return probe === undefined ? { problem: `${HELP[kind]}: ${PROBE_EXAMPLES[kind]}` } : { probe };
}

/** What a person writes for each kind. */
export const PROBE_EXAMPLES: Readonly<Record<ProbeKind, string>> = {
  rule: 'CheckoutErrors',
  attribute: 'tenant.id on POST /pay of checkout',
  p99: 'POST /pay of checkout below 500 ms',
};

const HELP: Readonly<Record<ProbeKind, string>> = {
  rule: 'Write the name of the rule, as your alerting shows it',
  attribute: 'Write the attribute, the operation and the service',
  p99: 'Write the operation, the service and the limit',
};

const READERS: Readonly<Record<ProbeKind, (text: string) => ItemProbe | undefined>> = {
  rule: (text) => (text === '' ? undefined : { kind: 'rule', rule: unquoted(text) }),
  attribute(text) {
    const [attribute = '', behind] = apart(text, text.indexOf(ON), ON);
    const of = behind === undefined ? undefined : operationIn(behind);
    return of === undefined || attribute === '' || attribute.includes(' ')
      ? undefined
      : { kind: 'attribute', attribute, ...of };
  },
  p99(text) {
    const asked = text.replace(/^p99 of /i, '');
    const lower = asked.toLowerCase();
    const [before = '', limit] = BELOW.map((word) => apart(asked, lower.lastIndexOf(word), word)).find(
      ([, behind]) => behind !== undefined,
    ) ?? [''];
    const belowUs = limitIn(limit ?? '');
    const of = operationIn(before);
    return of === undefined || belowUs === undefined ? undefined : { kind: 'p99', ...of, belowUs };
  },
};

const ON = ' on ';
const OF = ' of ';
const BELOW = [' below ', ' under ', ' < '] as const;

/** `POST /pay of checkout` */
function operationIn(text: string): Readonly<{ operation: string; service: string }> | undefined {
  const [operation = '', service = ''] = apart(text, text.lastIndexOf(OF), OF);
  return operation === '' || service === '' || service.includes(' ') ? undefined : { operation, service };
}

/** What stands before and behind the word at that place; only the whole text without one. */
function apart(text: string, at: number, word: string): readonly string[] {
  return at < 0 ? [text] : [text.slice(0, at).trim(), text.slice(at + word.length).trim()];
}

const LIMIT = /^(\d{1,7}(?:\.\d{1,3})?) ?(ms|s)$/i;

/** Microseconds. */
function limitIn(text: string): number | undefined {
  const [, number = '', unit = ''] = LIMIT.exec(text) ?? [];
  const us = Number(number) * (unit.toLowerCase() === 's' ? 1e6 : 1e3);
  return us > 0 && us <= LONGEST_LIMIT_US ? us : undefined;
}

function unquoted(text: string): string {
  return /^["'`“].+["'`”]$/.test(text) ? text.slice(1, -1).trim() : text;
}

/** What has to be so, as a clause. */
export function probeText(probe: ItemProbe): string {
  switch (probe.kind) {
    case 'rule':
      return `the alert rule “${probe.rule}” exists and is active`;
    case 'attribute':
      return `spans of “${probe.operation}” in ${probe.service} carry ${probe.attribute}`;
    case 'p99':
      return `${percentileName(probe)} is below ${exactDuration(probe.belowUs)} over 24 h`;
  }
}

export function percentileName({ operation, service }: Pick<PercentileProbe, 'operation' | 'service'>): string {
  return `p99 of “${operation}” in ${service}`;
}

/** As a person writes it, so that a form can show it again. */
export function probeWritten(probe: ItemProbe): string {
  switch (probe.kind) {
    case 'rule':
      return probe.rule;
    case 'attribute':
      return `${probe.attribute} on ${probe.operation} of ${probe.service}`;
    case 'p99':
      return `${probe.operation} of ${probe.service} below ${probe.belowUs / 1e3} ms`;
  }
}
