import type { Detector } from '#detect/detector.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { windowDetectors } from '#detect/window-registry.ts';

/** All of them, in order of id. Whoever looks at one request loads those of requests alone: a person waits for it. */
export const detectors: readonly Detector[] = [...requestDetectors, ...windowDetectors].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
