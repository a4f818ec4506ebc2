/** Plays the recorded outage into the store. */
import { composeBot } from '#compose/bot.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { composeStore } from '#compose/store.ts';
import type { Config } from '#config/schema.ts';
import { playedClock, systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import type { Store } from '#record/store.ts';
import type { ToldIncident } from '#workflows/incidents/tell-incident.ts';

/** The time of the recorded alert: 2025-01-06 14:30:00 UTC. */
const DEMO_ALERT_US = Date.UTC(2025, 0, 6, 14, 30, 0) * 1_000;
/** Time for the bot to start. */
const DEMO_LEAD_US = 60_000_000;
/** The demo's time range: half an hour. */
const DEMO_LONGEST_US = 3_600_000_000;
/** Slack's limit of one message per second is kept, four times faster. */
const DEMO_SPEED = 4;

/**
 * Plays the recorded outage into the store of the data folder, in its own workspace. It calls no configured backend and
 * no Slack.
 */
export async function composeDemo(config: Config, tell: (line: string) => void): Promise<ToldIncident> {
  const [
    { silentLog },
    { playDemo },
    { DEMO_NAMES, DEMO_WORKSPACE },
    { tellNewestEnded },
    { mkdtemp, rm },
    { tmpdir },
    { join },
  ] = await Promise.all([
    import('#core/log.ts'),
    import('#web/playground/demo.ts'),
    import('#web/playground/people.ts'),
    import('#workflows/incidents/tell-incident.ts'),
    import('node:fs/promises'),
    import('node:os'),
    import('node:path'),
  ]);
  const clock = playedClock(DEMO_ALERT_US - DEMO_LEAD_US, DEMO_SPEED);
  const newId = uuidV7(systemClock); // two demos must not create the same ids, although they cover the same time
  const evidenceFolder = await mkdtemp(join(tmpdir(), 'spanhound-demo-'));
  const store = await composeStore({ dataFolder: config.dataFolder }, { clock });
  const recorded = () => tellNewestEnded(store, { workspaceId: DEMO_WORKSPACE, names: DEMO_NAMES });
  try {
    const before = await recorded();
    if (before !== undefined) {
      tell(`The demo already ran in ${config.dataFolder}, as ${before.incident}. This is its recorded result.`);
      tell('To run it again, choose another folder: SPANHOUND_DATA=/tmp/demo');
      return before;
    }
    await endInterrupted(store, DEMO_WORKSPACE);
    const { redaction, detectors, gather, analysis, clockSkew, fishbone, runbooksUrl, dataFolder } = config;
    const settings = { redaction, detectors, gather, analysis, clockSkew, fishbone, runbooksUrl, dataFolder };
    const investigation = await composeInvestigation(settings, {
      threads: true,
      redactionKey: 'made',
      samples: evidenceFolder,
    });
    await playDemo({
      root: new URL('../../', import.meta.url),
      evidenceFolder,
      clock,
      alertUs: DEMO_ALERT_US,
      newId,
      tell,
      connect: async ({ receiver, ...side }) => {
        const transport = { kind: 'given', receiver } as const;
        const bot = await composeBot({
          store,
          investigation,
          log: silentLog,
          dataFolder: config.dataFolder,
          slack: { ...side, transport },
        });
        await bot.start();
        return { idle: bot.idle, stop: () => bot.stop(DEMO_STOP_MS) };
      },
    });
    const told = await recorded();
    if (told === undefined) throw new Error('the demo ended without an incident that has a diagnosis and a postmortem');
    return told;
  } finally {
    await store.close();
    await rm(evidenceFolder, { recursive: true, force: true });
  }
}

const DEMO_STOP_MS = 10_000;

/** An interrupted demo left its incident open, and the next demo would use that one. */
async function endInterrupted(store: Store, workspaceId: string): Promise<void> {
  const [{ changeIncident }, { openIncidents }] = await Promise.all([
    import('#record/incidents.ts'),
    import('#record/find-incidents.ts'),
  ]);
  await store.transaction(async (tx) => {
    for (const { id } of await openIncidents(tx, { workspaceId })) {
      await changeIncident(tx, {
        incidentId: id,
        key: 'demo-stopped',
        by: 'spanhound',
        // After all other events: an earlier status does not end an incident.
        atUs: DEMO_ALERT_US + DEMO_LONGEST_US,
        status: 'resolved',
        text: 'The demo was stopped half-way',
      });
    }
  });
}
