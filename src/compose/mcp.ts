/** Composes the tools of the MCP server over the configured sources, the store, and the cases that the operator offers. */
import { composeKnownAlerts } from '#compose/alert-reader.ts';
import { composeCaseDisk, composeCaseStore } from '#compose/cases.ts';
import { namesWithoutSlack } from '#compose/demo-names.ts';
import { composeInvestigation, type Investigation } from '#compose/investigation.ts';
import { composeStoreToRead } from '#compose/store.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { IncidentNotFoundError, UsageError } from '#core/errors.ts';
import type { Parts, SentTexts } from '#mcp/parts.ts';
import type { Desk } from '#mcp/server.ts';
import type { Store } from '#record/store.ts';
import type { DiagnosisStage } from '#workflows/diagnose-trace.ts';

export type ComposedMcp = Readonly<{ desk: Desk; stop(): Promise<void> }>;

export type McpOptions = Readonly<{
  /** Paths of folders with recorded cases, for `read_case`, and as a source of traces and logs. */
  offered: readonly string[];
  version: string;
  onBug(error: unknown): void;
}>;

/** For the audit log: whoever may call the server. */
const ACTOR = 'mcp';

export async function composeMcp(config: Config, { offered, version, onBug }: McpOptions): Promise<ComposedMcp> {
  const [{ openDesk }, { caseFolders }, disk] = await Promise.all([
    import('#mcp/server.ts'),
    import('#workflows/case-folders.ts'),
    composeCaseDisk(config),
  ]);
  const folders = await caseFolders(disk, offered);
  const byName = new Map(await Promise.all(folders.map(async (path) => [(await disk.open(path)).name, path] as const)));
  const investigation = await composeInvestigation(config, {
    threads: true,
    systems: config,
    samples: folders.length === 0 ? undefined : folders,
  });
  const parts = partsOf(config, { investigation, disk, byName });
  return { desk: openDesk({ parts, version, onBug }), stop: investigation.stop };
}

type Wiring = Readonly<{
  investigation: Investigation;
  disk: Awaited<ReturnType<typeof composeCaseDisk>>;
  byName: ReadonlyMap<string, string>;
}>;

function partsOf(config: Config, { investigation, disk, byName }: Wiring): Parts {
  const { deadlineMs } = investigation;

  /** Opened for each call, as each command does: a bot may migrate or restore the store meanwhile. */
  async function withStore<Result>(work: (store: Store | undefined) => Promise<Result>): Promise<Result> {
    const store = await composeStoreToRead(config);
    return await work(store).finally(() => store?.close());
  }
  async function withIncidents<Result>(incident: string, work: (store: Store) => Promise<Result>): Promise<Result> {
    return await withStore(async (store) => {
      if (store === undefined) throw new IncidentNotFoundError(incident);
      return await work(store);
    });
  }
  /** With the changes that the bot noted. */
  async function live<Result>(work: (all: Investigation) => Promise<Result>): Promise<Result> {
    const { storedChanges } = await import('#workflows/note-changes.ts');
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
      const { diagnoseTrace } = await import('#workflows/diagnose-trace.ts');
      return await live((all) => lastOf(diagnoseTrace(all, { ...asked, forms: FORMS, deadlineMs })));
    },
    async analyse({ texts, trace, logs }) {
      const { analyseFiles } = await import('#workflows/analyse-files.ts');
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
        import('#workflows/diagnose-alert.ts'),
        import('#workflows/investigate-window.ts'),
      ]);
      const last = await live((all) => lastOf(diagnoseAlert(all, { ...asked, forms: FORMS, deadlineMs })));
      return asked.window === undefined ? last : asWindow(last);
    },
    async readAlert(text) {
      const [{ alertIn }, known] = await Promise.all([import('#workflows/read-alert.ts'), composeKnownAlerts(config)]);
      return alertIn(text, known, 'the alert');
    },
    async compare({ texts, ...sides }) {
      const { compareSides } = await import('#workflows/compare.ts');
      const reading = { ...investigation, ...readingOnly(texts) };
      return await compareSides(reading, { ...sides, as: 'comparison', forms: FORMS, deadlineMs });
    },
    async findSimilar(named) {
      const [{ findIncidentNamed }, { findSimilarTo, SHOW_ALL }] = await Promise.all([
        import('#workflows/find-incident.ts'),
        import('#workflows/find-similar.ts'),
      ]);
      return await withIncidents(named, async (store) =>
        findSimilarTo(store, await findIncidentNamed(store, named), SHOW_ALL),
      );
    },
    async readCase(asked) {
      const [{ readKeptCase }, cases] = await Promise.all([
        import('#workflows/read-case.ts'),
        composeCaseStore(config, config.gather.maxBytes),
      ]);
      const request = { ...asked, actor: ACTOR, purpose: 'read_case' };
      return await withIncidents(asked.incident, (store) => readKeptCase({ store, cases }, request));
    },
    async replayCase(name) {
      const path = byName.get(name);
      if (path === undefined) throw notOffered(name, [...byName.keys()]);
      const { readCaseFolder } = await import('#workflows/read-case.ts');
      return await readCaseFolder({ ...investigation, disk }, path);
    },
    async readTimeline(incident) {
      const { readTimeline } = await import('#workflows/read-timeline.ts');
      return await withIncidents(incident, (store) => readTimeline(store, incident));
    },
    async listIncidents() {
      const { listIncidents } = await import('#workflows/list-incidents.ts');
      return await withStore(async (store) => (store === undefined ? [] : await listIncidents(store)));
    },
    namesIn: namesWithoutSlack,
    async listServices(name) {
      const [{ catalogueNow, serviceNamed }, { servicesJson }] = await Promise.all([
        import('#workflows/services-now.ts'),
        import('#present/json/services-json.ts'),
      ]);
      const { catalogue, warnings } = await withStore((store) => catalogueNow(investigation, { store, deadlineMs }));
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

const MOST_NAMED = 20;

function notOffered(name: string, offered: readonly string[]): UsageError {
  const problem = `no case ${name} is offered`;
  if (offered.length === 0) {
    return new UsageError(problem, 'The operator can offer folders: spanhound mcp --case <folder…>.');
  }
  const more = offered.length > MOST_NAMED ? ` and ${offered.length - MOST_NAMED} more` : '';
  return new UsageError(problem, `Offered: ${offered.slice(0, MOST_NAMED).join(', ')}${more}.`);
}
