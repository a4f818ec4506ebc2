/**
 * `spanhound postmortem export INC-12 [github]` and `take-in INC-12 github`: asks the bot to send it, or to take in what
 * people wrote there first; or says where it was sent.
 */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { withIncident } from '#cli/postmortem.ts';
import { exportLater, openPostmortemTargets, sentPlaces } from '#compose/postmortem-targets.ts';
import { isoFromUs } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import { silentLog } from '#core/log.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { SentPostmortem } from '#model/incident/postmortem-target.ts';
import { standingOf } from '#present/slack/postmortem-targets.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';
import { type NamedTarget, noSuchTarget, notReadBack } from '#workflows/postmortem/export.ts';

/** For the audit log: anybody who may run this on the machine with the data. */
const ACTOR = 'command line';

export async function exportPostmortem(
  call: Call,
  name: string,
  typed: string | undefined,
  more: Readonly<{ takesIn?: true }> = {},
): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  return await withIncident(call, name, async ({ store, config }, incident) => {
    const targets = await openPostmortemTargets(config, silentLog);
    if (typed === undefined) {
      const sends = await sentPlaces(store, incident);
      await noteRead(store, { what: 'exports', incident });
      await output.write(output.form === 'json' ? `${JSON.stringify(sends.map(sendJson))}\n` : listOf(targets, sends));
      return EXIT.done;
    }
    const target = targets.find(({ id }) => id === typed.toLowerCase());
    if (target === undefined) throw new UsageError(noSuchTarget(shown(typed), targets), SETUP);
    if (more.takesIn && target.read === undefined) throw new UsageError(notReadBack(target), SETUP);
    await exportLater(store, incident, { target: target.id, by: ACTOR, ...more });
    const queued = { incident: incidentName(incident), target: target.id, state: 'queued' };
    await output.write(output.form === 'json' ? `${JSON.stringify(queued)}\n` : onItsWay(incident, target));
    return EXIT.done;
  });
}

const SETUP = 'docs/exports.md says how to set one up; `spanhound doctor` checks it.';

function onItsWay(incident: Incident, { title }: NamedTarget): string {
  const name = incidentName(incident);
  return `The running bot sends the postmortem of ${name} to ${title}. For the link: spanhound postmortem export ${name}\n`;
}

function sendJson({ target, state, reason, key, url, askedUs, sentUs }: SentPostmortem) {
  const at = sentUs === undefined ? null : isoFromUs(sentUs);
  return {
    target,
    state,
    reason: shown(reason),
    key: shown(key),
    url: openable(shown(url)),
    askedAt: isoFromUs(askedUs),
    sentAt: at,
  };
}

function listOf(targets: readonly NamedTarget[], sends: readonly SentPostmortem[]): string {
  const ids = [...new Set([...targets.map(({ id }) => id), ...sends.map(({ target }) => target)])];
  if (ids.length === 0) return `${noSuchTarget('', [])}\n`;
  const lines = ids.map((id) => {
    const send = sends.find(({ target }) => target === id);
    if (send === undefined) return `${id}  not sent`;
    const url = openable(shown(send.url));
    return [id, standingOf(send), shown(send.key), url].filter((part) => part !== '').join('  ');
  });
  return `${lines.join('\n')}\n`;
}
