import { call, server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'The call waits while the platform starts a process and the process initialises. The work itself is the short bar at the end.',
  roots: [
    server('api', 'POST /images', { ms: 1900 }, [
      call('api', 'thumbnail', 'POST /invoke', { at: 20, ms: 1850 }, [
        server('thumbnail', 'resize', { at: 820, ms: 1040, attributes: { 'faas.coldstart': true } }, [
          span('thumbnail', 'Initialization', { at: 825, ms: 700 }),
          span('thumbnail', 'scale image', { at: 1530, ms: 320 }),
        ]),
      ]),
    ]),
  ],
};
