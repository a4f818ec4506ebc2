/** Lines as evidence: their templates are made when a detector needs them. */

import type { Evidence } from '#model/finding/evidence.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { type LogTemplates, logTemplates } from '#model/logs/log-templates.ts';

export function logEvidence(
  logs: readonly LogLine[] | undefined,
  baselineLogs: readonly LogLine[] | undefined,
): Partial<Evidence> {
  if (logs === undefined) return {};
  let templates: LogTemplates | undefined;
  return {
    logs,
    ...(baselineLogs && { baselineLogs }),
    get templates() {
      templates ??= logTemplates(baselineLogs === undefined ? logs : [...logs, ...baselineLogs]);
      return templates;
    },
  };
}
