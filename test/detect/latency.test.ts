import { latency } from '#detect/latency.ts';
import { every, said, testLogDetector, together } from '#test/window.ts';

const rendered = (count: number, ms: (n: number) => number, from = 0) =>
  every(count, from, from + 600, (at, n) => said(at, 'shop', 'info', `Page /checkout rendered in ${ms(n)} ms`));

testLogDetector(latency, {
  found: {
    'a page that takes seven to nine seconds': {
      lines: rendered(50, (n) => 7000 + (n % 21) * 100),
      sightings: [{ service: 'shop', title: /takes 7 s to 9 s \(median 7\.8 s\), in 50 lines/ }],
    },
    'a page twice as slow as in the healthy time': {
      lines: rendered(50, (n) => 400 + n),
      baseline: rendered(50, (n) => 150 + n, -7200),
      sightings: [{ title: /usually take less than 19\d ms/ }],
    },
    'the first of what comes together': {
      lines: together(
        every(20, 0, 600, (at, n) => said(at, 'shop', 'info', `Database call completed in ${7000 + n} ms`)),
        every(20, 0, 600, (at, n) => said(at + 0.01, 'shop', 'info', `Page rendered in ${7100 + n} ms`)),
        every(20, 0, 600, (at) => said(at + 0.02, 'shop', 'info', '10.0.0.1 - "GET /checkout HTTP/1.1" 200')),
      ),
      sightings: [{ title: /“Database call completed/, explanation: /Page rendered.+\/checkout/ }],
    },
  },
  clear: {
    'a page that takes three seconds': { lines: rendered(50, () => 3000) },
    'nine lines': { lines: rendered(9, () => 8000) },
    'a page as slow as ever': { lines: rendered(50, (n) => 8000 + n), baseline: rendered(50, (n) => 7000 + n, -7200) },
    'a checkpoint, a backup and a job': {
      lines: together(
        every(20, 0, 600, (at, n) =>
          said(at, 'db', 'info', `checkpoint complete: wrote 44 buffers in ${26_000 + n} ms`),
        ),
        every(20, 0, 600, (at, n) => said(at, 'db', 'info', `backup finished in ${90_000 + n} ms`)),
        every(20, 0, 600, (at, n) => said(at, 'cron', 'info', `nightly job done in ${50_000 + n} ms`)),
      ),
    },
    'errors that say how long somebody waited in vain': {
      lines: every(50, 0, 600, (at) => said(at, 'shop', 'error', 'request timed out after 30000 ms')),
    },
  },
});
