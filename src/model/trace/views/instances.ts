/**
 * Spans grouped by their resource: which instance of a service did what. Where one pod in ten is slow or fails, the
 * service's own numbers hide it.
 */
import { hostOf } from '#model/trace/build/clock-skew.ts';
import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { view } from '#model/trace/view.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

export type Instance = Readonly<{
  service: string;
  /** The pod, instance, container or host; empty where the resource names none. */
  name: string;
  /** In order of start. */
  spans: readonly SpanIndex[];
  failed: number;
  /** Self time of all its spans together. */
  selfUs: number;
}>;

/** By service, then by name. */
export const instances = view((trace): readonly Instance[] => {
  const nameOf = instanceNames();
  const found = new Map<
    string,
    { service: string; name: string; spans: SpanIndex[]; failed: number; selfUs: number }
  >();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const service = trace.service(span);
    const name = nameOf(trace.resource(span));
    const key = `${service}\n${name}`;
    const instance = found.get(key) ?? { service, name, spans: [], failed: 0, selfUs: 0 };
    found.set(key, instance);
    instance.spans.push(span);
    if (trace.failed(span)) instance.failed += 1;
    instance.selfUs += selfUs(trace, span);
  }
  return [...found.values()].sort((a, b) => compare(a.service, b.service) || compare(a.name, b.name));
});

/** The narrowest first: two containers of one pod are two instances only where nothing but the container is named. */
const NAMES = ['k8s.pod.name', 'service.instance.id', 'container.id', 'container.name'] as const;

/** Spans of one process share their resource: it is read once. */
function instanceNames(): (resource: Attributes) => string {
  const known = new Map<Attributes, string>();
  return (resource) => {
    let name = known.get(resource);
    if (name === undefined) {
      name =
        NAMES.map((attribute) => canonicalText(resource, attribute)).find((text) => text !== '') ?? hostOf(resource);
      known.set(resource, name);
    }
    return name;
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
