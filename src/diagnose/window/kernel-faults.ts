/**
 * What the kernels of machines say of their own disks, processors and memory, in lines of the system's log. Only faults of
 * the machine itself: a container that exceeds its limit is none.
 *
 *   Dec 22 10:24:24 node-3 kernel: EXT4-fs (nvme0n1p2): Remounting filesystem read-only
 */
import type { LogLine } from '#model/logs/log-line.ts';

/** A line of syslog or journald: the host stands before the program. */
const OF_KERNEL = /(?:^|\s)([a-z][\w.-]{1,80}) kernel(?:\[\d{1,7}\])?: (.{4,300})/i;
/** Linux: ext4, XFS, Btrfs, the block layer, NVMe and SCSI, the watchdog of processors, machine checks. */
const FAULT =
  /\bremounting filesystem read-only\b|\b(?:ext4-fs|btrfs|xfs)\b.{0,60}\b(?:error|corruption|shutdown|shut down|forced readonly|metadata i\/o error)\b|\bdetected aborted journal\b|\bi\/o error, dev \w|\bcritical (?:medium|target) error\b|\bnvme\w{0,6}: (?:.{0,40}\b(?:timeout, (?:aborting|reset controller|disable controller)|controller is down)\b)|\b(?:soft|hard) lockup\b|\bmce: \[hardware error\]|\buncorrect(?:able|ed) (?:ecc|memory) error\b/i;
const LONGEST_READ = 500;

/** By the name of the machine, the first of its faults; none that its kernel reported in the healthy time as well. */
export function kernelFaults(logs: readonly LogLine[], healthyLogs: readonly LogLine[]): ReadonlyMap<string, string> {
  const usual = new Set(healthyLogs.flatMap((line) => faultIn(line)?.node ?? []));
  const faults = new Map<string, string>();
  for (const line of logs) {
    const found = faultIn(line);
    if (found !== undefined && !usual.has(found.node) && !faults.has(found.node)) faults.set(found.node, found.said);
  }
  return faults;
}

function faultIn({ line }: LogLine): Readonly<{ node: string; said: string }> | undefined {
  const [, node, said] = OF_KERNEL.exec(line.slice(0, LONGEST_READ)) ?? [];
  return node === undefined || said === undefined || !FAULT.test(said) ? undefined : { node, said };
}
