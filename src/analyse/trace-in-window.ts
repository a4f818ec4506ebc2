/** The trace that shows a window's verdict best, with the judgement of the whole window. */
import { methodsOf } from '#diagnose/methods.ts';
import { kindKey } from '#diagnose/window/request-causes.ts';
import type { Checked, TraceAnalysis, WindowAnalysis } from '#model/finding/analysis.ts';
import type { FishboneCategories } from '#model/finding/cause-fields.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';

/** Nothing that either look found is lost: findings, gaps, and what was checked are those of both. */
export function traceInWindow(
  ofTrace: TraceAnalysis,
  ofWindow: WindowAnalysis,
  detectors: Detectors,
  categories: FishboneCategories | undefined,
): TraceAnalysis {
  const both = {
    ...ofTrace,
    judgement: joinedJudgement(ofTrace.judgement, ofWindow.judgement),
    gaps: withoutDoubles([...ofWindow.gaps, ...ofTrace.gaps]),
    missing: ofWindow.missing ?? ofTrace.missing,
    checked: joinedChecked(ofTrace.checked, ofWindow.checked),
    titles: new Map([...ofTrace.titles, ...ofWindow.titles]),
  };
  return { ...both, methods: methodsOf(both, detectors, categories) };
}

/** The window's findings, with the spans of this trace that show them; then what else this trace shows. */
function joinedJudgement(ofTrace: Judgement, ofWindow: Judgement): Judgement {
  const own = new Map(ofTrace.findings.map((finding) => [kindKey(finding), finding]));
  const told = new Set(ofWindow.findings.map(kindKey));
  return {
    ...ofWindow,
    symptom: ofTrace.symptom,
    findings: [
      ...ofWindow.findings.map((finding) => {
        const shown = own.get(kindKey(finding));
        if (shown === undefined || finding.spans.length > 0) return finding;
        const { spans, callers = [], wastedUs, wonUs, facts, evidence } = shown;
        return { ...finding, spans, callers, wastedUs, wonUs, facts, ...(evidence && { evidence }) };
      }),
      ...ofTrace.findings
        .filter((finding) => !told.has(kindKey(finding)))
        .map((finding) => ({
          ...finding,
          confidence: 0,
          whyNotFirst: 'this request shows it, and most others do not',
        })),
    ],
  };
}

function joinedChecked(one: Checked, other: Checked): Checked {
  const found = [...new Set([...one.found, ...other.found])];
  const clear = [...new Set([...one.clear, ...other.clear])].filter((id) => !found.includes(id));
  const ran = new Set([...found, ...clear]);
  return {
    found,
    clear,
    off: other.off,
    skipped: other.skipped.filter(({ detector }) => !ran.has(detector)),
    broken: withoutDoubles([...one.broken, ...other.broken]),
  };
}

function withoutDoubles<T extends object>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
