/** Whether a process runs on the user's device: its database is not on a server. */

import type { Attributes } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';

/** Recognises devices by OpenTelemetry's resource attributes and by SDKs that run only there. */
export function runsOnDevice(resource: Attributes): boolean {
  if (['device.id', 'device.model.identifier', 'browser.platform', 'browser.brands'].some((name) => name in resource))
    return true;
  if (/^(?:android|ios|ipados|watchos|tvos)$/i.test(canonicalText(resource, 'os.name'))) return true;
  if (/^(?:webjs|swift)$/i.test(canonicalText(resource, 'telemetry.sdk.language'))) return true;
  return ON_DEVICE.test(canonicalText(resource, 'telemetry.sdk.name'));
}

const ON_DEVICE = /\b(?:android|cocoa|ios|flutter|react-native|javascript\.(?:browser|react|vue|angular|svelte))\b/i;
