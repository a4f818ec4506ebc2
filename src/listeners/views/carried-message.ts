/** A message of Slack that a form carries in its metadata until somebody sends it. */
import { type SaidFile, saidFiles } from '#model/incident/entry-file.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { ChosenMessage } from '#workflows/timeline/follow-message.ts';

/** Slack takes 3,000 characters for the metadata of a form. */
const METADATA_CHARS = 2_600;

/** A long text is cut to what fits; its permalink leads to the rest. */
export function messageMetadata(message: ChosenMessage): Readonly<Record<string, string>> {
  const { channelId, ts, threadTs = '', text, files, userId: author } = message;
  const carried = { messageChannel: channelId, messageTs: ts, messageThread: threadTs, text, author };
  const metadata = { ...carried, files: JSON.stringify(files.map(fieldsOf)) };
  if (JSON.stringify(metadata).length <= METADATA_CHARS) return metadata;
  const shorter = text === '' ? { files: files.slice(1) } : { text: cutLine(text, Math.floor(text.length * 0.9)) };
  return messageMetadata({ ...message, ...shorter });
}

/** Undefined where the form carries none. */
export function messageIn(metadata: Readonly<Record<string, string>>): ChosenMessage | undefined {
  const {
    messageChannel: channelId,
    messageTs: ts,
    messageThread = '',
    text = '',
    author = '',
    files = '[]',
  } = metadata;
  if (channelId === undefined || ts === undefined || !/^\d{1,20}\.\d{1,10}$/.test(ts)) return undefined;
  return {
    channelId,
    ts,
    ...(messageThread === '' ? {} : { threadTs: messageThread }),
    text,
    files: saidFiles(JSON.parse(files)),
    userId: author,
  };
}

const NAME_CHARS = 60;

/** As Slack names them, so that they are read as Slack's are. */
function fieldsOf({ id, name, type, bytes }: SaidFile) {
  return { id, name: cutLine(name, NAME_CHARS), mimetype: type, size: bytes };
}
