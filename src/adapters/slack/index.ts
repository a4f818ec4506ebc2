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
  doctor: {
    set: 'SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET',
    async check({ slack }, signal) {
      const mode = slackMode(slack);
      if (mode.kind === 'none') return undefined;
      const { checkSlack } = await import('./check.ts');
      return await checkSlack(
        { botToken: mode.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl?.href },
        signal,
      );
    },
  },
});
