/** What there is, a line for each command: for whoever asks without knowing. A test holds it to the manifest. */
export const KNOWN_COMMANDS = [
  '• `/trace <id>` tells what a trace says: what broke, where, and why',
  '• `/trace tools` converts times, formats and compares JSON, and sends requests: for you alone',
  '• `/incident declare P1 logins fail` declares an incident where you type it and keeps its record',
  '• `/postmortem` drafts the postmortem from that record',
  '',
  'Each says more with `help` behind it: `/incident help`.',
].join('\n');
