import { defineSystem } from '#adapters/system.ts';
import { slackMode, slackPlace } from './mode.ts';
import { settings } from './settings.ts';

export const slack = defineSystem({
  id: 'slack',
  title: 'Slack',
  docs: 'slack.md',
  checked: 'documented',
  settings,
  chat: { place: ({ slack }, here) => slackPlace(slack, here) },
  postmortemTarget: {
    set: 'SLACK_BOT_TOKEN',
    async open({ slack: { botToken, apiUrl } }) {
      if (botToken === undefined) return undefined;
      const { slackCanvas } = await import('./canvas.ts');
      return slackCanvas({ botToken, apiUrl: apiUrl?.href });
    },
  },
  doctor: {
    set: 'SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET',
    async check({ slack }, signal) {
      const mode = slackMode(slack);
      // The tokens of installations are in the store: `doctor` checks them by itself.
      if (mode.kind === 'none' || mode.botToken === undefined) return undefined;
      const { checkSlack } = await import('./check.ts');
      return await checkSlack(
        { botToken: mode.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl?.href },
        signal,
      );
    },
  },
});
