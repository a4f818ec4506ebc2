/** What goes wrong below the store: a full or read-only disk, a damaged file. Each says what to do. */
import { SpanhoundError } from '#core/errors.ts';

export type StoreTrouble = 'full' | 'read-only' | 'disk' | 'damaged' | 'closed-to-us';

const TROUBLES = {
  full: {
    code: 'SH_STORE_FULL',
    message: 'the disk is full',
    advice:
      'Free space on that disk; `df -h` shows it. The folder `cases/` grows the most: `spanhound retention` deletes what is past its time. Spanhound goes on by itself as soon as there is space.',
  },
  'read-only': {
    code: 'SH_STORE_READ_ONLY',
    message: 'the store cannot be written',
    advice:
      'Check that this user owns the file and its folder, and that the disk is not mounted read-only. Then start the bot again.',
  },
  disk: {
    code: 'SH_STORE_DISK',
    message: 'the disk of the store reports an error',
    advice: 'Look at the log of the kernel (`dmesg`) and at `df -h`. Copy the newest backup to another disk.',
  },
  damaged: {
    code: 'SH_STORE_DAMAGED',
    message: 'the file is damaged',
    advice:
      'If it is the store, stop the bot and put the newest backup back: `spanhound restore FILE`. It keeps the damaged store under another name. If it is a backup, take an older one. Check the disk before you start the bot again.',
  },
  'closed-to-us': {
    code: 'SH_STORE_CLOSED',
    message: 'the store cannot be opened',
    advice:
      'Let this user read and write the file and its folder. Check that the disk is not mounted read-only. Or set SPANHOUND_DATA to another folder.',
  },
} as const;

export class StoreTroubleError extends SpanhoundError {
  override readonly name = 'StoreTroubleError';
  readonly code: (typeof TROUBLES)[StoreTrouble]['code'];
  readonly advice: string;
  override readonly retryable: boolean;

  constructor(
    trouble: StoreTrouble,
    file: string,
    { why, ...options }: ErrorOptions & Readonly<{ why?: string }> = {},
  ) {
    super(`${TROUBLES[trouble].message} (${file})${why === undefined ? '' : `: ${why}`}`, options);
    this.code = TROUBLES[trouble].code;
    this.advice = TROUBLES[trouble].advice;
    this.retryable = trouble === 'full';
  }
}

/** The primary codes of SQLite (sqlite.org/rescode.html) and of the file system. Others are bugs and stay as they are. */
const TROUBLE_OF: readonly Readonly<{ code: RegExp; trouble: StoreTrouble }>[] = [
  { code: /^(?:SQLITE_FULL|ENOSPC|EDQUOT)$/, trouble: 'full' },
  { code: /^(?:SQLITE_READONLY(?:_|$)|EROFS$)/, trouble: 'read-only' },
  { code: /^(?:SQLITE_IOERR(?:_|$)|EIO$)/, trouble: 'disk' },
  { code: /^(?:SQLITE_CORRUPT(?:_|$)|SQLITE_NOTADB$)/, trouble: 'damaged' },
  { code: /^(?:SQLITE_CANTOPEN(?:_|$)|SQLITE_PERM$|EACCES$|EPERM$|EISDIR$|ENOTDIR$)/, trouble: 'closed-to-us' },
];

/** The same error, or the trouble that it stands for. */
export function asStoreTrouble(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const code = `${error.code}`;
  const found = TROUBLE_OF.find((one) => one.code.test(code));
  return found === undefined ? error : new StoreTroubleError(found.trouble, file, { why: error.message, cause: error });
}
