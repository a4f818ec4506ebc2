/**
 * The cases of the bot in a bucket: each file of a case is an object.
 *
 *   s3://bucket/prefix/cases/<investigation>/case.json
 *
 * A bucket has no folders that could be moved into place as a whole. The record decides: it names a case only after all
 * of its objects are stored. What a failed attempt left behind is removed by it, or by the next attempt.
 */
import { caseFolderOf } from '#adapters/case-files.ts';
import { UnreadableInputError } from '#core/errors.ts';
import { type CaseFolder, type CaseStore, isPlainName } from '#model/incident/case.ts';
import { type Bucket, openBucket } from './bucket.ts';

export type S3CasesOptions = Readonly<{
  /** `s3://bucket/prefix` */
  url: URL;
  endpoint?: URL | undefined;
  region: string;
  timeoutMs: number;
  /** For one file, uncompressed. */
  maxBytes: number;
}>;

export type S3Cases = CaseStore &
  Readonly<{
    /** For people: `s3://bucket/prefix`. */
    place: string;
    /** Stores an object, lists it, and removes it again. */
    check(): Promise<void>;
  }>;

export function s3Cases({ url, maxBytes, ...options }: S3CasesOptions): S3Cases {
  const bucket = openBucket({ ...options, bucket: url.hostname });
  const prefix = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .join('/');
  const keyOf = (...parts: readonly string[]) => [...(prefix === '' ? [] : [prefix]), ...parts].join('/');
  const place = `s3://${url.hostname}${prefix === '' ? '' : `/${prefix}`}`;

  async function open(folder: string): Promise<CaseFolder> {
    const start = `${keyOf(folder)}/`;
    const keys = await bucket.list(start, bucket.deadline());
    if (keys.length === 0) {
      throw new UnreadableInputError(`there is no ${folder} in ${place}`, 'Restore it from a backup of the bucket.');
    }
    return caseFolderOf(
      {
        name: folder.slice(folder.lastIndexOf('/') + 1),
        place: `${place}/${folder}`,
        entries: entriesIn(keys.map((key) => key.slice(start.length))),
        read: (name) => bucket.get(start + name),
        open: (name) => open(`${folder}/${name}`),
      },
      maxBytes,
    );
  }

  return {
    place,
    open,
    async write(folder, files) {
      const names = [folder.slice(folder.lastIndexOf('/') + 1), ...files.map(({ name }) => name)];
      const bad = names.find((name) => !isPlainName(name));
      if (bad !== undefined) throw new Error(`${JSON.stringify(bad)} is not a valid name for a case or a file in it`);

      const deadline = bucket.deadline();
      const before = await bucket.list(`${keyOf(folder)}/`, deadline);
      const fresh = files.map(({ name, bytes }) => ({ key: keyOf(folder, name), bytes }));
      try {
        await together(fresh, ({ key, bytes }) => bucket.put(key, bytes, deadline));
      } catch (error) {
        await removeAll(
          bucket,
          fresh.map(({ key }) => key).filter((key) => !before.includes(key)),
        );
        throw error;
      }
      const kept = new Set(fresh.map(({ key }) => key));
      for (const key of before) if (!kept.has(key)) await bucket.remove(key, deadline);
    },
    writeFile: (folder, { name, bytes }) => bucket.put(keyOf(folder, name), bytes, bucket.deadline()),
    removeFile: (folder, name) => bucket.remove(keyOf(folder, name), bucket.deadline()),
    async check() {
      const deadline = bucket.deadline();
      const key = keyOf('cases', `.doctor-${process.pid}`);
      await bucket.put(key, Buffer.from('Written by spanhound doctor. It may be deleted.\n'), deadline);
      await bucket.list(key, deadline);
      await bucket.remove(key, deadline);
    },
  };
}

/** A case has up to twenty files; more connections at once are no faster. */
const AT_ONCE = 8;

/** Waits for all that began before it throws, so that none arrives after a removal. */
async function together<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const ends = await Promise.allSettled(items.slice(at, at + AT_ONCE).map(work));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** As far as it succeeds: the error that led here is the one to report. */
async function removeAll(bucket: Bucket, keys: readonly string[]): Promise<void> {
  const deadline = bucket.deadline();
  await Promise.allSettled(keys.map((key) => bucket.remove(key, deadline)));
}

/** `paths`: keys below the folder. */
function entriesIn(paths: readonly string[]): CaseFolder['entries'] {
  const kinds = new Map<string, 'file' | 'folder'>();
  for (const path of paths) {
    const [name = '', ...below] = path.split('/');
    if (name !== '') kinds.set(name, below.length === 0 ? 'file' : 'folder');
  }
  return [...kinds].map(([name, kind]) => ({ name, kind }));
}
