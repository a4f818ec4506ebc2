/** A device was without a network, by its own record: nobody here can mend that. */
import { servicesBehindGap } from '#diagnose/rules/behind-gap.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/**
 * As Android and iOS say it (`ConnectivityManager`, `NWPathMonitor`, Doze), and people, in English, German, French and
 * Spanish.
 */
const NO_NETWORK =
  /\b(?:air(?:plane|craft)|flight) mode\b(?! (?:is )?(?:off|disabled))|\bno (?:active|available|usable) network\b|\b(?:device|phone|tablet|handset|handheld) (?:is |was |went |had been )?(?:offline|without (?:a |any )?(?:network|signal|coverage|reception))\b|\b(?:device|phone|tablet|handset|handheld) (?:has |had )no (?:network|signal|coverage|reception)\b|\bnetwork (?:access )?(?:was |is )?(?:suspended|restricted|blocked|cut) (?:by|in|during|while) (?:doze|app standby|the system|iOS|Android|(?:the )?background|sleep)|\bNSURLErrorNotConnectedToInternet\b|\bERR_INTERNET_DISCONNECTED\b|\bInternet connection appears to be offline\b|\b(?:Flugmodus|Funkloch)\b|\b(?:Gerät|Telefon|Handy|Tablet)\b[^.;\n]{0,30}\b(?:offline|ohne (?:Netz|Empfang)|kein (?:Netz|Empfang))\b|\bNetworkCallback\.?\s?onLost\b|\bno (?:mobile |cell(?:ular)? |phone )?(?:signal|reception|coverage) (?:in|on|at|under|below|inside|between|behind|here|there|down)\b|\bmode avion\b|\b(?:appareil|téléphone|mobile)\b[^.;\n]{0,30}\b(?:hors ligne|sans réseau|sans signal)|\bmodo avión\b|\b(?:dispositivo|teléfono|móvil)\b[^.;\n]{0,30}\b(?:sin (?:red|cobertura|señal|conexión))/i;
/** `recorded offline in a cellar 86 s before`, `offline erfasst`: the server of a device tells why its data came late. */
const RECORDED_BEFORE =
  /\b(?:recorded|taken|written|entered|saved|stored|made|captured|scanned|queued|kept|signed|measured|collected|created) (?:while |when )?(?:offline|without (?:a |any )?(?:network|signal|coverage|reception|connection))\b|\boffline (?:erfasst|aufgenommen|gespeichert|unterschrieben)\b|\b(?:saisie?|enregistrée?|signée?) hors ligne\b|\b(?:registrad[oa]|guardad[oa]|firmad[oa]) sin (?:red|conexión|cobertura)\b/i;
/** OpenTelemetry's value of `network.connection.type` for a device without a network. */
const UNAVAILABLE = /^unavailable$/i;
const OF_CONNECTION = /(?:^|[._])connection[._]type$/i;

/** Nobody else was reached: the request begins with the call of a device, and no answer came. */
export function isWithoutNetwork(trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  if (!isOfCaller(trace)) return false;
  const failed = failedSpans(trace);
  if (failed.length === 0 || failed.some((span) => isAnswered(trace, span))) return false;
  if (failed.every((span) => recordsNoNetwork(trace, span))) return true;
  const recorded = failed.flatMap((span) => failureTexts(trace, span, NO_LINES));
  return recorded.some(({ text }) => NO_NETWORK.test(text)) || saysSo(trace, lines);
}

/** The time that passed before the device reached its server, in a request that went well. */
export function waitedForNetwork(judgement: Judgement, trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  const [first] = judgement.findings;
  if (first?.detector !== 'unexplained-gap' || first.service !== trace.service(trace.root)) return false;
  if (!isOfCaller(trace) || failedSpans(trace).length > 0) return false;
  return saysSo(trace, lines) || saysRecordedBefore(lines, servicesBehindGap(judgement, trace));
}

/** A harmless line of the service that took the data. */
function saysRecordedBefore(lines: readonly CorrelatedLine[], services: readonly string[]): boolean {
  return lines.some(
    (line) =>
      services.includes(line.service) &&
      isCertain(line) &&
      HARMLESS_LEVELS.has(line.level) &&
      RECORDED_BEFORE.test(logMessage(line).slice(0, LONGEST_READ)),
  );
}

function isOfCaller(trace: Trace): boolean {
  return trace.kind(trace.root) === 'client' || trace.isInternal(trace.root);
}

/** The device's own line of this request, at any level: to be without a network is worth a warning on a phone. */
function saysSo(trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  const by = trace.service(trace.root);
  return lines.some(
    (line) => line.service === by && isCertain(line) && NO_NETWORK.test(logMessage(line).slice(0, LONGEST_READ)),
  );
}

const LONGEST_READ = 2_000;

function recordsNoNetwork(trace: Trace, span: SpanIndex): boolean {
  return Object.values(trace.attributesFor(span, OF_CONNECTION)).some((value) => UNAVAILABLE.test(String(value)));
}

function isAnswered(trace: Trace, span: SpanIndex): boolean {
  return trace.httpStatus(span) > 0 || trace.kind(span) === 'server' || trace.isDatabaseCall(span);
}
