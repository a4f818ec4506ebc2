/** Addresses that people can open. An empty template gives the empty string, and then there is no link. */
import type { Links } from '#model/finding/analysis.ts';
import type { EvidenceItem, Finding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export function traceUrl(links: Links, trace: Trace): string {
  return filled(links.trace, trace, '');
}

export function spanUrl(links: Links, trace: Trace, span: SpanIndex | undefined): string {
  if (span === undefined) return traceUrl(links, trace);
  return filled(links.span, trace, trace.spanId(span)) || traceUrl(links, trace);
}

function logsUrl(links: Links, trace: Trace): string {
  return filled(links.logs, trace, '');
}

/** The best address for an item of evidence. */
export function evidenceUrl(links: Links, trace: Trace, { kind, ref }: EvidenceItem): string {
  if (kind === 'log') return logsUrl(links, trace);
  if (kind === 'span' || kind === 'event') return filled(links.span, trace, ref) || traceUrl(links, trace);
  return '';
}

export function runbookUrl(links: Links, { runbook }: Pick<Finding, 'runbook'>): string {
  return runbook === '' || links.runbooks === ''
    ? ''
    : openable(`${links.runbooks.replace(/(?<!\/)\/+$/, '')}/${runbook}`);
}

/** Accepts only http and https addresses, and encodes characters that would end a link in Slack or Markdown. */
export function openable(url: string): string {
  if (!/^https?:\/\/[^\s/]/i.test(url)) return '';
  return url.replace(/[\s<>|"'()`\\]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
}

function filled(template: string, trace: Trace, spanId: string): string {
  if (template === '') return '';
  return openable(
    template
      .replaceAll('{traceId}', () => encodeURIComponent(trace.traceId.toWellFormed()))
      .replaceAll('{spanId}', () => encodeURIComponent(spanId.toWellFormed())),
  );
}
