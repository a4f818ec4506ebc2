import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { runDetector } from '#detect/run.ts';
import { judge } from '#diagnose/judge.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { baselines } from '#model/requests/baseline.ts';
import type { Trace } from '#model/trace/trace.ts';

/** All detectors and the judgement on one trace, as a session runs them. */
export function diagnosed(trace: Trace, logs?: readonly LogLine[], healthy: readonly Trace[] = []): Judgement {
  const baseline = baselines(healthy).of(trace);
  const evidence = { trace, ...(logs && { logs }), ...(baseline && { baseline }) };
  const outcomes = detectors.map((detector) => runDetector(detector, evidence));
  const broken = outcomes.find((outcome) => outcome.kind === 'broken');
  if (broken?.kind === 'broken') throw broken.error;
  const cleared = detectors
    .filter(({ role }) => role !== 'description')
    .filter(({ id }) => outcomes.some((outcome) => outcome.detector === id && outcome.kind === 'clear'))
    .map(({ id, clear }) => ({ kind: id, service: '' as const, why: clear }));
  const findings = outcomes.flatMap((outcome) => (outcome.kind === 'found' ? outcome.findings : []));
  return judge(trace, findings, { ...knownDetectors(detectors), cleared });
}
