/** Sets how an action item is checked, changes it, or takes it away. Only an open item waits for a check. */
import { incidentName, itemName } from '#model/incident/incident.ts';
import { type ItemProbe, probeText } from '#model/incident/item-probe.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { setItemProbe } from '#record/item-probes.ts';
import { type MeantItem, meantItem, noneSuch } from '#workflows/action-items/change-action-item.ts';
import { checkDaily } from '#workflows/action-items/check-item.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Meant,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';

/** `probe`: undefined to take the check away. */
export type ItemCheckRequest = Readonly<{
  asked: AskedBy;
  meant: Meant;
  item: MeantItem;
  probe: ItemProbe | undefined;
}>;

export type ItemCheckWorkflows = Readonly<{ setItemCheck(request: ItemCheckRequest): Promise<Told> }>;

export function itemCheckSetter(parts: IncidentParts): ItemCheckWorkflows {
  return {
    setItemCheck: ({ asked, meant, item: wanted, probe }) =>
      onIncident(parts, asked, meant, async (tx, incident) => {
        const items = await actionItemsOf(tx, incident.id);
        const item = meantItem(items, wanted);
        if (item === undefined) return { answer: noneSuch(incident, items, wanted) };
        const name = itemName(item);
        if (item.state !== 'open') return { answer: `${name} is ${item.state} already. Nothing was changed.` };
        const now = probe === undefined ? 'has no check that a person set' : `has a check: ${probeText(probe)}`;
        const when = probe === undefined ? '' : ' I ask before it counts as done, and daily after the fix.';
        await setItemProbe(tx, { item, key: asked.inboxId, probe, by: asked.userId });
        if (probe !== undefined) await checkDaily(tx, parts.jobs, incident, item.id);
        return {
          answer: escapeMrkdwn(`${name} of ${incidentName(incident)} ${now}.${when}`),
          said: { what: `${name} ${now} (${item.text})`, by: asked.userName, atUs: tx.nowUs },
        };
      }),
  };
}
