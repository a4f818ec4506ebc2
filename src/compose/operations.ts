/** Composes what the operations need, over the configured sources and the store: for the MCP server and the REST API. */
import { composeKnownAlerts } from '#compose/alert-reader.ts';
import { composeCaseStore } from '#compose/cases.ts';
import { namesWithoutSlack } from '#compose/demo-names.ts';
import type { Investigation } from '#compose/investigation.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { IncidentNotFoundError } from '#core/errors.ts';
import type { Parts, SentTexts } from '#operations/parts.ts';
import type { Store } from '#record/store.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';

export type Wiring = Readonly<{
  investigation: Investigation;
  /** Lends the store for one call; undefined where none is there yet. */
  withStore<Result>(work: (store: Store | undefined) => Promise<Result>): Promise<Result>;
  /** Which incidents the caller may see. */
  mayShow: MayShow;
  /** Whether the caller may see anything of this workspace. Default: of all. */
  isOwn?: (workspaceId: string) => Promise<boolean>;
  /** For the audit log. */
  actor: string;
  replayCase: Parts['replayCase'];
}>;

export function operationParts(
  config: Config,
  { investigation, withStore, mayShow, isOwn, actor, replayCase }: Wiring,
): Parts {
  const { deadlineMs } = investigation;

  async function withIncidents<Result>(incident: string, work: (store: Store) => Promise<Result>): Promise<Result> {
    return await withStore(async (store) => {
      if (store === undefined) throw new IncidentNotFoundError(incident);
      return await work(store);
    });
  }
  /** With the changes that the bot noted. */
  async function live<Result>(work: (all: Investigation) => Promise<Result>): Promise<Result> {
    const { storedChanges } = await import('#workflows/evidence/note-changes.ts');
    return await withStore((store) =>
      work(
        store === undefined
          ? investigation
          : { ...investigation, changeSources: [storedChanges(store), ...investigation.changeSources] },
      ),
    );
  }

  return {
    nowUs: systemClock.nowUs,
    async diagnose(asked) {
      const { diagnoseTrace } = await import('#workflows/traces/diagnose-trace.ts');
      return await live((all) => lastOf(diagnoseTrace(all, { ...asked, forms: FORMS, deadlineMs })));
    },
    async analyse({ texts, trace, logs }) {
      const { analyseFiles } = await import('#workflows/traces/analyse-files.ts');
      const asked = { files: [trace], logs: logs === undefined ? [] : [logs], forms: { ...FORMS, row: true } };
      const { RelayedError } = await import('#core/errors.ts');
      const analysed = [];
      for await (const one of analyseFiles({ ...investigation, ...readingOnly(texts) }, asked)) {
        if ('error' in one) throw new RelayedError(one.error);
        analysed.push(one.analysed);
      }
      return analysed;
    },
    async investigate(asked) {
      const [{ diagnoseAlert }, { asWindow }] = await Promise.all([
        import('#workflows/alerts/diagnose-alert.ts'),
        import('#workflows/window/investigate-window.ts'),
      ]);
      const last = await live((all) => lastOf(diagnoseAlert(all, { ...asked, forms: FORMS, deadlineMs })));
      return asked.window === undefined ? last : asWindow(last);
    },
    async readAlert(text) {
      const [{ alertIn }, known] = await Promise.all([
        import('#workflows/alerts/read-alert.ts'),
        composeKnownAlerts(config),
      ]);
      return alertIn(text, known, 'the alert');
    },
    async compare({ texts, ...sides }) {
      const { compareSides } = await import('#workflows/traces/compare.ts');
      const reading = { ...investigation, ...readingOnly(texts) };
      return await compareSides(reading, { ...sides, as: 'comparison', forms: FORMS, deadlineMs });
    },
    async judgeRelease(asked) {
      const { judgeReleaseOf } = await import('#workflows/releases/judge-release.ts');
      return await live((all) => judgeReleaseOf(all, { ...asked, deadlineMs }));
    },
    async findSimilar(named) {
      const [{ findIncidentNamed }, { findSimilarTo }, { noteShown }] = await Promise.all([
        import('#workflows/incidents/find-incident.ts'),
        import('#workflows/incidents/find-similar.ts'),
        import('#workflows/audit/note-shown.ts'),
      ]);
      return await withIncidents(named, async (store) => {
        const found = await findSimilarTo(store, await findIncidentNamed(store, named, mayShow), mayShow);
        await noteShown(store, { actor, what: 'similar' }, [found.incident]);
        return found;
      });
    },
    async readCase(asked) {
      const [{ readKeptCase }, cases] = await Promise.all([
        import('#workflows/cases/read-case.ts'),
        composeCaseStore(config, config.gather.maxBytes),
      ]);
      const request = { ...asked, actor, purpose: 'read_case', mayShow };
      return await withIncidents(asked.incident, (store) => readKeptCase({ store, cases }, request));
    },
    replayCase,
    async readIncident(incident) {
      const [{ readIncident }, { noteShown }] = await Promise.all([
        import('#workflows/incidents/read-incident.ts'),
        import('#workflows/audit/note-shown.ts'),
      ]);
      return await withIncidents(incident, async (store) => {
        const read = await readIncident(store, incident, mayShow);
        await noteShown(store, { actor, what: 'incident' }, [read.incident]);
        return read;
      });
    },
    async readTimeline(incident) {
      const { readTimeline } = await import('#workflows/timeline/read-timeline.ts');
      return await withIncidents(incident, (store) => readTimeline(store, incident, mayShow, actor));
    },
    async listIncidents() {
      const { listIncidents } = await import('#workflows/incidents/list-incidents.ts');
      return await withStore(async (store) => (store === undefined ? [] : await listIncidents(store, mayShow)));
    },
    namesIn: namesWithoutSlack,
    async listServices(name) {
      const [{ catalogueNow, serviceNamed }, { servicesJson }] = await Promise.all([
        import('#workflows/services/services-now.ts'),
        import('#present/json/services-json.ts'),
      ]);
      const { catalogue, warnings } = await withStore((store) =>
        catalogueNow(investigation, { store, deadlineMs, mayShow, isOwn }),
      );
      const service = name === undefined ? undefined : serviceNamed(catalogue, name);
      const isAbout = (subject: string) =>
        service === undefined || catalogue.named(subject) === service || subject === name;
      return servicesJson({
        services: service === undefined ? catalogue.services : [service],
        contradictions: catalogue.contradictions.filter(({ subject }) => isAbout(subject)),
        warnings,
      });
    },
  };
}

const FORMS = { markdown: true } as const;

async function lastOf(stages: AsyncIterable<DiagnosisStage>): Promise<DiagnosisStage['analysed']> {
  let last: DiagnosisStage['analysed'] | undefined;
  for await (const { analysed } of stages) last = analysed;
  if (last === undefined) throw new Error('the diagnosis ended before its last stage');
  return last;
}

/** In place of the disk: a client may send texts, and read no file. */
function readingOnly(texts: SentTexts): Pick<Investigation, 'readFile' | 'passFile'> {
  async function* bytesOf(name: string): AsyncGenerator<Uint8Array> {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`the client sent no text ${name}`);
    yield Buffer.from(text);
  }
  return { readFile: bytesOf, passFile: bytesOf };
}
