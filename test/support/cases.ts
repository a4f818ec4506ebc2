/** Cases on a disk of the test's own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { caseDisk, casesIn } from '#adapters/files/case-folder.ts';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, BodyHead, Forms, Session, SessionSettings } from '#analyse/session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { replayCases } from '#workflows/cases/replay-case.ts';

export const CASE_SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
  evidence: { maxBytes: 32_000_000 },
};

export const disk = caseDisk({ maxBytes: 64_000_000 });

/** The cases of a bot with this data folder. */
export const keptIn = (dataFolder: string) => casesIn(dataFolder, { maxBytes: 64_000_000 });

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-case-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A body as a backend sends it, in pieces. */
export async function send(
  session: Session,
  kind: BodyHead['kind'],
  bytes: Uint8Array,
  { source = kind === 'trace' ? 'jaeger' : 'loki', format = 'auto' }: Partial<BodyHead> = {},
): Promise<void> {
  const id = `${kind} ${source}`;
  session.body(id, { kind, format, source, file: '', query: { text: `GET ${source}`, url: '' } });
  const piece = 65_536;
  for (let at = 0; at < bytes.length; at += piece) await session.bytes(id, bytes.subarray(at, at + piece));
  await session.end(id);
}

/** The diagnosis of the one case in this folder. Throws where it cannot be read. */
export async function replayed(folder: string, forms: Forms = {}): Promise<AnalysedTrace> {
  const parts = { openSession, settings: CASE_SETTINGS, disk };
  for await (const result of replayCases(parts, { folders: [folder], forms })) {
    if ('analysed' in result) return result.analysed;
    throw new Error(`${result.error.code}: ${result.error.message}`);
  }
  throw new Error('no result');
}

export function manifestOf(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
}
