/**
 * A case folder over anything that has a listing and bytes: a folder of the disk, the objects of a bucket. Names come from
 * the listing, never from the manifest. Compressed files have a size limit.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { readManifest } from '#adapters/case-manifest.ts';
import { uncompressed } from '#adapters/uncompressed.ts';
import { TooLargeError, UnreadableInputError } from '#core/errors.ts';
import type { CaseFolder } from '#model/incident/case.ts';

export type CaseFiles = Readonly<{
  name: string;
  /** For people: the path, or the address of the bucket and the prefix. */
  place: string;
  entries: CaseFolder['entries'];
  /** The stored bytes of a listed file. Throws UnreadableInputError while they are read. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** A listed folder. */
  open(name: string): Promise<CaseFolder>;
}>;

/** `maxBytes`: for one file, uncompressed. */
export function caseFolderOf(files: CaseFiles, maxBytes: number): CaseFolder {
  const { place } = files;
  const entries = files.entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const kinds = new Map(entries.map(({ name, kind }) => [name, kind]));
  /** Reads only listed files, and only as the listed kind. */
  const checked = (name: string, wanted: 'file' | 'folder'): string => {
    if (kinds.get(name) === wanted) return name;
    throw new UnreadableInputError(`there is no ${wanted} ${name} in ${place}`, 'Check what the folder holds.');
  };
  const read = (name: string) => files.read(checked(name, 'file'));

  return {
    name: files.name,
    entries,
    async readManifest(name) {
      if (kinds.get(name) !== 'file') return undefined;
      const parts: Uint8Array[] = [];
      for await (const chunk of capped(read(name), name, MAX_MANIFEST_BYTES)) parts.push(chunk);
      return readManifest(Buffer.concat(parts).toString());
    },
    async sumOf(name) {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of read(name)) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      return { sha256: hash.digest('hex'), bytes };
    },
    async *bytes(name) {
      yield* capped(read(name), name, maxBytes);
    },
    async *chunks(name) {
      const raw = Readable.from(read(name), { objectMode: false });
      yield* capped(uncompressed(`${place}/${name}`, raw), name, maxBytes);
    },
    async open(name) {
      return await files.open(checked(name, 'folder'));
    },
  };
}

/** A manifest is a list of files: this is one of a hundred thousand. */
const MAX_MANIFEST_BYTES = 32_000_000;

async function* capped(chunks: AsyncIterable<Uint8Array>, name: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  let left = maxBytes;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) throw new TooLargeError(name, maxBytes);
    yield chunk;
  }
}
