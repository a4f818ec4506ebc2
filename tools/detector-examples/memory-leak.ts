import { METRICS_WINDOW, series, wobble } from '#test/metrics.ts';
import type { DetectorExample } from '../detector-example.ts';

const LABELS = { service: 'report', pod: 'report-0' };

export const example: DetectorExample = {
  shows:
    'The garbage collector of report frees memory every few minutes, but each time more remains in use: 180 MB more each hour, with a limit of 1,000 MB.',
  window: METRICS_WINDOW,
  bodies: [
    {
      kind: 'metrics',
      text: JSON.stringify([
        series('container_memory_rss_mb', LABELS, (minute) =>
          Math.round(300 + 2.86 * (minute + 60) + 120 * (((minute + 60) % 5) / 5) + wobble(minute)),
        ),
        series('container_memory_limit_mb', LABELS, () => 1_000),
      ]),
    },
  ],
  excerpt: `container_memory_rss_mb{pod="report-0"}   13:30  13:34  13:35  13:39  …  14:40  14:44
                                            300    407    314    422        500    608
container_memory_limit_mb{pod="report-0"}  1000   1000   1000   1000       1000   1000`,
};
