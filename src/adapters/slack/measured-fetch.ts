/** Publishes how long each call to Slack takes. */
import type { FetchFunction } from '@slack/web-api';
import { timed } from '#core/measures.ts';

export function measuredFetch(fetch: FetchFunction): FetchFunction {
  return (url, init) =>
    timed(
      'slack',
      methodOf(url),
      () => fetch(url, init),
      ({ status }) => status < 400,
    );
}

/** `chat.postMessage`; the other addresses are of few kinds, and their ids must not become labels. */
function methodOf(url: Parameters<FetchFunction>[0]): string {
  const { pathname } = new URL(url instanceof Request ? url.url : url);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  if (/^[a-z]+(?:\.[A-Za-z]+)+$/.test(last)) return last;
  return /\/(?:commands|actions|app|services)\//.test(pathname) ? 'response_url' : 'upload';
}
