/** Whether a process runs with the person who waits: what it stores there is no server's database. */

import type { Attributes } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';

/** By OpenTelemetry's resource attributes for browsers and devices, and by the names of SDKs that run only there. */
export function runsOnDevice(resource: Attributes): boolean {
  if (['device.id', 'device.model.identifier', 'browser.platform', 'browser.brands'].some((name) => name in resource))
    return true;
  if (/^(?:android|ios|ipados|watchos|tvos)$/i.test(canonicalText(resource, 'os.name'))) return true;
  if (/^(?:webjs|swift)$/i.test(canonicalText(resource, 'telemetry.sdk.language'))) return true;
  return ON_DEVICE.test(canonicalText(resource, 'telemetry.sdk.name'));
}

const ON_DEVICE = /\b(?:android|cocoa|ios|flutter|react-native|javascript\.(?:browser|react|vue|angular|svelte))\b/i;
