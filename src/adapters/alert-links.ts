/** The addresses in an alert: the page of the alert itself, and those of its runbook, dashboard, silence and source. */

export type NamedAddress = Readonly<{ name: string; value: string }>;

export type FoundLinks = Readonly<{
  /** The page of the alert; empty where there is none. */
  url: string;
  others: Readonly<Record<string, string>>;
}>;

const LONGEST = 2_000;

/** What the name of a field says about its address; the first that fits. */
const KINDS: readonly (readonly [name: RegExp, link: string])[] = [
  [/runbook|playbook|wiki|documentation|procedure|sop\b/i, 'runbook'],
  [/silence|mute(?:url|link)/i, 'silence'],
  [/dashboard/i, 'dashboard'],
  [/panel/i, 'panel'],
  [
    /generator|source ?(?:url|link)|upstream|query ?(?:url|link)|results? ?(?:url|link)|graph ?(?:url|link)|chart ?(?:url|link)|explorer?(?:url|link)/i,
    'source',
  ],
];

/** Addresses that nobody opens to look at an alert. */
const NOT_SHOWN =
  /image|icon|avatar|logo|callback|webhook|self|api|monitored|target|check(?:ed)? ?url|monitor ?url|site ?url|ack(?:nowledge)?(?:url|link)|thumb|unsubscribe|request/i;

/** The names of an alert's own page, most telling first. */
const PAGES: readonly RegExp[] = [
  /(?:alert|incident|issue|problem|event|outage|alarm|violation|episode) ?(?:html|web|page|details?)? ?(?:url|link|uri|permalink)$/i,
  /(?:html|web|page|detail|details|view|app) ?(?:url|link)$|permalink$|(?:url|link|href) ?(?:html|web)$/i,
  /(?:^| )(?:url|link|href|html|web|titlelink)$/i,
  /(?:url|link|uri)$/i,
];

/** Names may have the object before them: `alert url`. Only `http` and `https` are links. */
export function httpLinks(addresses: readonly NamedAddress[]): FoundLinks {
  const web = addresses.filter(({ value }) => isWebAddress(value));
  const others: Record<string, string> = {};
  const pages: NamedAddress[] = [];
  for (const one of web) {
    const kind = KINDS.find(([name]) => name.test(one.name))?.[1];
    if (kind !== undefined) others[kind] ??= one.value.trim();
    else if (!NOT_SHOWN.test(one.name)) pages.push(one);
  }
  const page = PAGES.map((names) => pages.find(({ name }) => names.test(name))).find((one) => one !== undefined);
  return { url: page?.value.trim() ?? others.source ?? '', others };
}

/** An address that a browser opens, without a space that ends it in Slack. */
export function isWebAddress(text: string): boolean {
  const address = text.trim();
  return address.length <= LONGEST && /^https?:\/\/[^\s<>|"]+$/i.test(address) && URL.canParse(address);
}
