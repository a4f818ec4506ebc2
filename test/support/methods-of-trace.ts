import { knownDetectors, titlesOf } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { checkedOf, runDetector } from '#detect/run.ts';
import { methodsOf } from '#diagnose/methods.ts';
import type { FishboneCategories } from '#model/finding/cause-fields.ts';
import type { Methods } from '#model/finding/methods.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { diagnosed } from '#test/diagnosed.ts';

/** The methods on a drawn trace, as a session makes them. */
export function methodsOfTrace(trace: Trace, logs?: readonly LogLine[], categories?: FishboneCategories): Methods {
  const evidence = { trace, ...(logs && { logs }) };
  const checked = checkedOf(detectors.map((detector) => runDetector(detector, evidence)));
  const judgement = diagnosed(trace, logs);
  const correlated = (logs ?? []).map((line) => ({ rung: 'trace-id' as const, ...line }));
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const read = { file: '', trace, logs: correlated, correlation: undefined, gaps: [], links, queries: [] };
  return methodsOf({ ...read, judgement, checked, titles: titlesOf(detectors) }, knownDetectors(detectors), categories);
}
