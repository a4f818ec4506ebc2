/** Begins the examination of a time window: finds the sources that know the service. */
import { NoSourceAnsweredError, SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import { type Alert, QUESTION } from '#model/incident/alert.ts';
import { serviceOfAlert } from '#model/incident/alert-service.ts';
import { type DiagnoseTraceParts, logsLink } from '#workflows/traces/diagnose-trace.ts';
import { noTraceSource } from '#workflows/traces/no-trace-source.ts';
import type { Searched, WindowHunt } from '#workflows/window/hunt.ts';
import { turns } from '#workflows/window/in-turn.ts';
import { NOT_EXAMINED } from '#workflows/window/search.ts';

/**
 * A window, or an alert and its window. Without a source, somebody asked on the command line. `otherNames`: what the
 * catalogue knows for the service of the alert, the most likely first.
 */
export type AlertSubject = Pick<Alert, 'title' | 'service' | 'labels' | 'traceId' | 'atUs'> &
  Partial<Pick<Alert, 'source'>> &
  Readonly<{ otherNames?: readonly string[] }>;

/** No search is possible because the service is unknown. */
export class UnknownServiceError extends SpanhoundError {
  override readonly name = 'UnknownServiceError';
  readonly code = 'SH_UNKNOWN_SERVICE';
  readonly advice: string;
  /** Those that send traces. */
  readonly known: readonly string[];

  constructor({ service, source = QUESTION }: AlertSubject, known: readonly string[]) {
    super(service === '' ? 'it names no service' : `no service that sends traces is called ${service}`);
    this.known = known;
    const names = known.toSorted().slice(0, SERVICES_NAMED).join(', ');
    const more = known.length > SERVICES_NAMED ? `, and ${known.length - SERVICES_NAMED} more` : '';
    const advice =
      source === QUESTION
        ? 'Ask for one of these.'
        : 'Put one of these names into the alert: as its service, as a label “service” or as a word of its title. Or add a trace to it as trace_id=….';
    this.advice = `Services with traces: ${names === '' ? 'none' : `${names}${more}`}. ${advice}`;
  }
}

const SERVICES_NAMED = 20;

/** The service is known, but has no data for that time window. */
export class NoTracesError extends SpanhoundError {
  override readonly name = 'NoTracesError';
  readonly code = 'SH_NO_TRACES';
  readonly advice: string;

  constructor({ service, searched }: WindowHunt) {
    const sources = searched.map(({ source }) => source.name);
    super(`${sources.join(' and ')} ${sources.length === 1 ? 'has' : 'have'} no trace of ${service} around that time`);
    this.advice =
      'It may have received no calls. Its traces may also be sampled out, past retention, or still arriving.';
  }
}

/** Finds out which sources know the service, and by which name. A failure of one of several sources becomes a gap. */
export async function openWindow(
  parts: DiagnoseTraceParts,
  {
    alert,
    asked,
    signal,
    known: troubles,
  }: Pick<WindowHunt, 'asked' | 'signal' | 'known'> & Readonly<{ alert: AlertSubject }>,
): Promise<WindowHunt> {
  const searching = parts.traceSources.filter(({ search, services }) => search && services);
  if (searching.length === 0) {
    throw await noTraceSource(parts, 'no trace source can search');
  }
  const known = new Set<string>();
  const failed: { source: string; failure: SpanhoundError }[] = [];
  const searched: Searched[] = [];
  await Promise.all(
    searching.map(async (source) => {
      try {
        const services = (await source.services?.(signal)) ?? [];
        for (const service of services) known.add(service);
        const service = serviceOfAlert(alert, services);
        if (service !== undefined) searched.push({ source, service });
      } catch (error) {
        if (!(error instanceof SpanhoundError)) throw error;
        failed.push({ source: source.name, failure: error });
      }
    }),
  );
  searched.sort((a, b) => searching.indexOf(a.source) - searching.indexOf(b.source));
  const [first] = searched;
  const failures = failed.map(({ failure }) => failure);
  if (known.size === 0 && failures.length > 0) throw new NoSourceAnsweredError(failures);
  if (first === undefined) throw new UnknownServiceError(alert, [...known]);
  const links = { ...parts.settings.links, ...first.source.links, logs: logsLink(parts) };
  const session = parts.openSession({ ...parts.settings, links });
  for (const { source, failure } of failed) session.gap(gapOf(source, failure, NOT_EXAMINED));
  const { service } = first;
  return {
    ...parts,
    signal,
    session,
    service,
    searched,
    asked,
    counts: { bodies: 0 },
    inTurn: turns(),
    callers: [],
    full: [],
    unread: [],
    known: troubles,
    troubles: [],
  };
}
