/** Texts as somebody may write them who wants to be more than text, and what a form of an answer may then hold. */
import { blockProblems } from '#present/slack/block-limits.ts';

const ESC = '\u001b';

export const HOSTILE: readonly string[] = [
  '<!channel> <!here> <!everyone> <!subteam^S012ABCDE|@ops>',
  '<@U012ABCDEF> <@W012ABCDEF|boss> <#C012ABCDEF|general>',
  '<https://evil.example|https://jaeger.example/trace/1>',
  '@here @channel @everyone @octocat closes #1',
  '[https://jaeger.example](https://evil.example)',
  '[text][1]\n\n[1]: https://evil.example "t"',
  '![x](https://evil.example/p.png)',
  '<https://evil.example> https://evil.example/x www.evil.example ftp://evil.example',
  '*bold* _it_ ~gone~ `code` **b** __b__ ~~s~~',
  '```\n# out of the block\n```',
  '``````` ~~~ ~~~~',
  '# heading\n## What to do now\n\n- [ ] send money',
  '| a | b |\n|---|---|\n| <b> | x |',
  '<script>alert(1)</script><style>*{display:none}</style>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)' x='",
  '</text></svg><svg onload=alert(1)><text>',
  '</title></h1><a href="javascript:alert(1)">x</a>',
  ']]> <!-- --> <?xml ?> <!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]> &e; &lt;b&gt; &#60;',
  ['{{7*7}} $', '{7*7} <%= 7 %> #{7}'].join(''),
  'javascript:alert(1) data:text/html,<b>',
  `${ESC}[2J${ESC}[H${ESC}[31mred${ESC}[0m`,
  `${ESC}]0;title\u0007${ESC}]8;;https://evil.example${ESC}\\here${ESC}]8;;${ESC}\\`,
  `${ESC}P1$r0m${ESC}\\ ${ESC}c \u009b31m \u009d0;t\u009c \u0090`,
  'line\rover\b\b\b\u0000\u007f\u0085',
  'safe\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u200b\ufeff',
  'a\u2028b\u2029c \ud83d \udc00 \ufffe \u{e0041}\u{e007f}',
  'ok\n2026-01-06T14:30:00.000Z ERROR payment forged line',
  '"} | json | line_format "{{.secret}}" or {a=~".+',
  '`} |= `x` !~ `',
  '\\" \\\\" \\',
  'a"b\'c`d\\e)f(g]h[i}j{k|l^m$n.o*p+q?',
  '} && true || { span.x = "1',
  '{"schema":"spanhound.report/1"}\n{"x":1}',
  '__proto__ constructor toString',
  '$(reboot) `reboot` ; rm -rf / && | > /dev/null',
  '=HYPERLINK("https://evil.example")',
  'x'.repeat(3_000),
  '👩‍🚒 नमस्ते 日本語 é',
];

/** Where this program's own links lead in the tests. */
export const OWN_LINKS = {
  trace: 'https://jaeger.example/trace/{traceId}',
  span: 'https://jaeger.example/trace/{traceId}?uiFind={spanId}',
  logs: 'https://grafana.example/explore?trace={traceId}',
  runbooks: 'https://wiki.example/spanhound',
};
const OWN = /^https:\/\/(?:jaeger|grafana|wiki|loki|chat|acme\.pagerduty|acme\.slack)\.example(?:[/?]|$)/;

const CONTROLS = /(?![\n\t])\p{Cc}|(?![\u200c\u200d])\p{Cf}|[\u2028\u2029]|\p{Noncharacter_Code_Point}/u;

/** Half a surrogate pair is nothing that can be sent. */
function plainProblems(text: string): string[] {
  const found = CONTROLS.exec(text);
  return [
    ...(found === null
      ? []
      : [
          `holds U+${found[0].codePointAt(0)?.toString(16)} after ${JSON.stringify(text.slice(Math.max(0, found.index - 40), found.index))}`,
        ]),
    ...(text.isWellFormed() ? [] : ['holds half a character']),
  ];
}

/** Colours are the program's own. */
export function terminalProblems(text: string): string[] {
  const ownColours = new RegExp(`${ESC}\\[\\d{1,2}m`, 'g');
  return plainProblems(text.replace(ownColours, ''));
}

export function markdownProblems(markdown: string): string[] {
  // The break that keeps an address from becoming a link is an own character, too.
  const problems = plainProblems(markdown.replaceAll('\u2060', ''));
  const prose = markdown
    .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
    .replace(/(?<![`\\])(`+)(?!`) [\s\S]*? (?<!`)\1(?!`)/g, '');
  for (const [, url = ''] of prose.matchAll(/(?<!\\)\]\(([^)]*)\)/g))
    if (!OWN.test(url)) problems.push(`links to ${url}`);
  const ownLinks = [...prose.matchAll(/(?<!\\)\[(?:\\.|[^\]\\])*\]\(https:/g)].length;
  const brackets = [...prose.replace(/^\s*- \[ \] /gm, '').matchAll(/(?<!\\)\[/g)].length;
  if (brackets !== ownLinks) problems.push(`has ${brackets} brackets for ${ownLinks} links`);
  const withoutLinks = prose.replace(/\]\(https:[^)]*\)/g, ']');
  for (const [what, pattern] of [
    ['a tag', /<[a-z!/?@#]/i],
    ['a mention', /@\w/],
    ['an address', /\b(?:https?|ftp):\/\/|\bwww\./i],
    ['a fence', /^ {0,3}(?:```|~~~)/m],
    ['a reference', /^ {0,3}\[[^\]]*\]:/m],
  ] as const) {
    const found = pattern.exec(withoutLinks);
    if (found !== null)
      problems.push(
        `has ${what}: ${JSON.stringify(withoutLinks.slice(Math.max(0, found.index - 30), found.index + 40))}`,
      );
  }
  return problems;
}

const TAG = /<(\/?)([a-z!][a-z0-9-]*)((?:\s+[a-zA-Z:][\w:-]*(?:="[^"<>]*")?)*)\s*\/?>/gi;
const TAGS = new Set(
  'html,head,meta,title,style,body,main,header,footer,nav,section,article,details,summary,h1,h2,h3,h4,p,ul,ol,li,dl,dt,dd,a,strong,em,code,pre,span,div,br,hr,small,time,table,thead,tbody,tr,th,td,svg,g,text,tspan,rect,line,path,polygon,polyline,circle,ellipse,pattern,defs,clippath,desc,figure,figcaption,!doctype,input,label,caption,col,colgroup'.split(
    ',',
  ),
);

/** Of a page or an SVG: only elements and attributes that this program writes, none that runs or loads. */
export function markupProblems(markup: string): string[] {
  const problems = plainProblems(markup);
  const body = markup.replace(/<style>[^<]*<\/style>/, '');
  for (const [, , tag = '', attributes = ''] of body.matchAll(TAG)) {
    if (!TAGS.has(tag.toLowerCase())) problems.push(`has <${tag}>`);
    for (const [, name = '', value = ''] of attributes.matchAll(/\s([a-zA-Z:][\w:-]*)="([^"]*)"/g)) {
      if (/^on|^src$|^xlink|^formaction$/i.test(name)) problems.push(`has ${name}="${value}"`);
      if (name === 'href' && !OWN.test(value) && !/^(?:#|\?file=[\w-]+$)/.test(value))
        problems.push(`links to ${value}`);
    }
  }
  const left = /[<>]/.exec(body.replace(TAG, ''));
  if (left !== null)
    problems.push(
      `has a bracket that is no tag of its own: ${JSON.stringify(body.replace(TAG, '').slice(left.index - 40, left.index + 40))}`,
    );
  return problems;
}

/** Of a Slack message. `people`: who may be pinged. */
export function slackProblems(
  message: Readonly<{ text: string; blocks: readonly unknown[] }>,
  people: readonly string[] = [],
): string[] {
  const problems = [...blockProblems(message.blocks), ...mrkdwnProblems(message.text)];
  const open: unknown[] = [...message.blocks];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') problems.push(...plainProblems(value));
    else if (typeof value === 'object' && value !== null) {
      problems.push(...elementProblems(value as Element, people));
      open.push(...Object.values(value).filter((one) => one !== null));
    }
  }
  return problems;
}

type Element = Readonly<{ type?: unknown; url?: unknown; user_id?: unknown; channel_id?: unknown; text?: unknown }>;

function elementProblems(
  { type, url, user_id: user, channel_id: channel, text }: Element,
  people: readonly string[],
): string[] {
  if (type === 'channel' && people.includes(String(channel))) return [];
  if (type === 'user') return people.includes(String(user)) ? [] : [`pings ${user}`];
  if (type === 'usergroup' || type === 'broadcast' || type === 'channel') return [`has a ${type}`];
  if (typeof url === 'string' && !OWN.test(url)) return [`links to ${url}`];
  return type === 'mrkdwn' ? mrkdwnProblems(String(text)) : [];
}

function mrkdwnProblems(text: string): string[] {
  const found = /<(?!!date\^)[^>]*>?/.exec(text);
  return [...plainProblems(text), ...(found === null ? [] : [`has markup: ${found[0]}`])];
}

/** Every string in it is plain, and it is one line that reads as what it was. */
export function jsonProblems(value: unknown): string[] {
  const line = JSON.stringify(value);
  const problems = line.includes('\n') ? ['is no line'] : [];
  const open: unknown[] = [JSON.parse(line)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === 'string') problems.push(...plainProblems(one));
    else if (typeof one === 'object' && one !== null)
      open.push(...Object.values(one).filter((inner) => inner !== null));
  }
  return problems;
}

/** A query with every string in quotes replaced: what is left is what the query does. */
export function querySkeleton(query: string): string {
  return query.replace(/"(?:\\.|[^"\\\n])*"/g, 'S');
}

/** The same value with each text replaced; `keep` says of which keys they stay. */
export function mapTexts<T>(value: T, change: (text: string, key: string) => string, key = ''): T {
  if (typeof value === 'string') return change(value, key) as T;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change, key)) as T;
  if (value instanceof Map || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, change, name)])) as T;
}
