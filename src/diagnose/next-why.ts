/** The next why where the evidence of a trace ends, and where to look for its answer. */
import type { NextWhy, NextWhys } from '#model/finding/detector-traits.ts';

/** `isSaid`: the evidence itself gives the reason. */
export function nextWhys({ unsaid, said = [] }: NextWhys, isSaid: boolean): readonly NextWhy[] {
  return [...(isSaid ? said : [unsaid]), ...LADDER];
}

/** The last questions about every cause: what changed, what let it through, why nobody noticed it sooner. */
const LADDER: readonly NextWhy[] = [
  {
    ask: 'What changed to cause this, and when?',
    lookAt:
      'Deployments, migrations, configuration and feature flags before it began; the load and the amount of data.',
  },
  {
    ask: 'How did that change, or that growth, reach production?',
    lookAt: 'The review, the tests and the checks before production, and what they do not cover.',
  },
  {
    ask: 'Why was it not noticed before users were affected?',
    lookAt: 'The alerts and the dashboards of this service, and their thresholds.',
  },
  {
    ask: 'Which part of how the system is built or run lets this happen again?',
    lookAt: 'Limits, defaults and ownership of this part; similar incidents before.',
  },
];
