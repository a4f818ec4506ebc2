/**
 * The order in which the files of a step begin. A long file that begins last runs alone at the end, while the other
 * processors wait. Without results of an earlier run, as in the gate, Vitest goes by the size of a file, which says
 * nothing about its time.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take more than ten seconds on a quiet machine; the longest of each step first. */
const LONGEST = [
  'test/decode/trace-stream.property.test.ts',
  'test/model/redaction/redaction-forms.property.test.ts',
  'test/redacted-exits.property.test.ts',
  'test/detect/log-corpus.property.test.ts',
  'test/analyse/any-spans.property.test.ts',
  'test/metamorphic.property.test.ts',
  'test/workflows/real-cases.property.test.ts',
  'test/analyse/damaged-bodies.property.test.ts',
  'test/conformance-logs.property.test.ts',
  'test/bench/calibration.property.test.ts',
  'test/e2e/doors.test.ts',
  'test/e2e/permissions.test.ts',
  'test/e2e/planted-secrets.test.ts',
  'test/e2e/status-page.test.ts',
  'test/cli/mcp.test.ts',
  'test/e2e/incident.test.ts',
  'test/e2e/alerts.test.ts',
  'test/cli/forms.test.ts',
  'test/tools/pack.process.test.ts',
  'test/cli/demo.test.ts',
  'test/e2e/pagers.test.ts',
  'test/e2e/killed.test.ts',
  'test/e2e/paged.test.ts',
  'test/main.process.test.ts',
  'test/e2e/need-to-know-exits.test.ts',
  'test/e2e/issues.test.ts',
  'test/e2e/own-channel.test.ts',
  'test/e2e/mitigations.test.ts',
  'test/e2e/merged-incidents.test.ts',
  'test/e2e/postmortem.test.ts',
  'test/e2e/trace-command.test.ts',
  'test/cli/forget.test.ts',
  'test/e2e/paging-systems.test.ts',
  'test/tools/run-commands.process.test.ts',
  'test/cli/postmortem.test.ts',
  'test/cli/doctor.test.ts',
  'test/e2e/need-to-know-evidence.test.ts',
  'test/cli/backup.test.ts',
  'test/e2e/need-to-know-places.test.ts',
  'test/tools/ci-run.process.test.ts',
  'test/e2e/rights.test.ts',
  'test/e2e/install-by-link.test.ts',
  'test/e2e/incident-proposals.test.ts',
  'test/cli/investigate.test.ts',
  'test/e2e/revoked-token.test.ts',
  'test/workflows/window.test.ts',
  'test/analyse/judged-window-changes.test.ts',
  'test/record/sqlite.test.ts',
  'test/injection.test.ts',
  'test/first-message.test.ts',
  'test/analyse/growth.speed.test.ts',
  'test/model/redaction/redaction.speed.test.ts',
  'test/browser/incident.test.ts',
  'test/browser/playground.test.ts',
  'test/browser/reports.test.ts',
  'test/browser/incident-by-keyboard.test.ts',
  'test/browser/pictures.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // Stable: the others keep their order. Vitest ends a worker with shared modules when the next file is isolated, so
    // those come first: else the workers after them load everything again.
    return sorted.sort((a, b) => Number(sharesModules(a)) - Number(sharesModules(b)) || placeOf(a) - placeOf(b));
  }
}

function sharesModules({ project }: TestSpecification): boolean {
  return !project.config.isolate;
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
  return place === -1 ? LONGEST.length : place;
}
