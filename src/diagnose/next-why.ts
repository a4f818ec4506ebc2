/** The next why where the evidence of a trace ends, and what would show its answer. */
import type { NextWhy, NextWhys } from '#model/finding/detector-traits.ts';

/** `isSaid`: the evidence says itself why it is so. */
export function nextWhys({ unsaid, said = [] }: NextWhys, isSaid: boolean): readonly NextWhy[] {
  return [...(isSaid ? said : [unsaid]), ...LADDER];
}

/** What is asked of every cause in the end: what changed, what let it through, why nobody saw it sooner. */
const LADDER: readonly NextWhy[] = [
  {
    ask: 'What changed that made it so, and when?',
    lookAt:
      'Deployments, migrations, configuration and feature flags before it began; the load and the amount of data.',
  },
  {
    ask: 'What let that change, or that growth, come into production?',
    lookAt: 'The review, the tests and the checks on its way, and what they do not look at.',
  },
  {
    ask: 'Why was it not noticed before people suffered from it?',
    lookAt: 'The alerts and the dashboards of this service, and their thresholds.',
  },
  {
    ask: 'What in how the system is built or run makes this possible again?',
    lookAt: 'Limits, defaults and ownership of this part; earlier incidents that were alike.',
  },
];
