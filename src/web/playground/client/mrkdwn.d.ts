/** The one part of the page that is tested without a browser. */
export type MrkdwnNode =
  | { type: 'text' | 'code' | 'pre'; text: string }
  | { type: 'bold' | 'italic' | 'strike' | 'quote'; children: MrkdwnNode[] }
  | { type: 'break' }
  | { type: 'link'; url: string; label: string }
  | { type: 'emoji'; name: string }
  | { type: 'user'; id: string }
  | { type: 'channel'; id: string; label: string }
  | { type: 'broadcast'; name: string }
  | { type: 'date'; seconds: number; format: string; url: string | undefined; fallback: string };

export function parseMrkdwn(text: string): MrkdwnNode[];
