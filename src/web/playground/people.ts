/** Who is in the workspace in memory: the visitor, two colleagues and three apps. */
export type Person = Readonly<{
  id: string;
  name: string;
  realName: string;
  isBot: boolean;
  /** The app's ids in Slack's API. */
  app?: Readonly<{ appId: string; botId: string }>;
}>;
export const TEAM = { id: 'T0PLAYGROUND', domain: 'playground' } as const;
export const APP_ID = 'A0SPANHOUND';
export const BOT_ID = 'B0SPANHOUND';
export const YOU: Person = { id: 'U0YOU', name: 'you', realName: 'You', isBot: false };
export const BOT: Person = {
  id: 'U0SPANHOUND',
  name: 'spanhound',
  realName: 'spanhound',
  isBot: true,
  app: { appId: APP_ID, botId: BOT_ID },
};
/** Known by the id of PagerDuty's app in Slack's marketplace, as in every workspace. */
export const PAGERDUTY: Person = {
  id: 'U0PAGERDUTY',
  name: 'pagerduty',
  realName: 'PagerDuty',
  isBot: true,
  app: { appId: 'A1FKYAUUX', botId: 'B0PAGERDUTY' },
};
/** Slackbot answers what never reaches an app. */
export const SLACKBOT: Person = { id: 'USLACKBOT', name: 'slackbot', realName: 'Slackbot', isBot: true };

/** The visitor may act as each of them: to confirm a role, to approve a mitigation. */
export const MIRA: Person = { id: 'U0MIRA', name: 'mira', realName: 'Mira', isBot: false };
export const JONAS: Person = { id: 'U0JONAS', name: 'jonas', realName: 'Jonas', isBot: false };
const COLLEAGUES: readonly Person[] = [MIRA, JONAS];

/** `configured`: the list of the settings, which stands in place of the colleagues. */
export function playedRota(configured: readonly string[]): readonly string[] {
  return configured.length > 0 ? configured : COLLEAGUES.map(({ id }) => `user-service=${id}`);
}

export const PEOPLE: readonly Person[] = [YOU, ...COLLEAGUES, BOT, PAGERDUTY, SLACKBOT];

/** The workspace of the demo. Nothing in it ever goes to a real workspace. */
export const DEMO_WORKSPACE = TEAM.id;
/** A sender such as PagerDuty is no person. */
export const DEMO_NAMES: ReadonlyMap<string, string> = new Map(
  PEOPLE.filter(({ isBot }) => !isBot).map(({ id, realName }) => [id, realName]),
);
