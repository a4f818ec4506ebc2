/**
 * Who may see what, where the answer to a sentence stands in a channel: everybody who reads that channel hears it. So a
 * sentence reaches only what the person may see and all those readers may see, too.
 */
import type { MayShowIn } from '#workflows/incidents/merges-shown.ts';
import type { MayRead } from '#workflows/incidents/on-incident.ts';

/** Asks Slack. Undefined if Slack did not say. */
export function heardByAll({ mayRead, mayShowIn }: Readonly<{ mayRead: MayRead; mayShowIn: MayShowIn }>): MayRead {
  return async (who, channelId) => {
    const may = await mayRead(who, channelId);
    if (!may || who.said === undefined || who.said.isDirect) return may;
    return await mayShowIn(who.said.channelId, channelId);
  };
}
