/**
 * Machines of another architecture than that of an image. The kernel cannot start a program of another one (execve(2),
 * ENOEXEC), and a registry has no image for it.
 *
 *   -  instance_types = ["c6i.large"]        exec /usr/bin/server: exec format error
 *   +  instance_types = ["c7g.large"]        ◄── Graviton: arm64
 */
import type { Sides } from '#model/changes/effect.ts';

/** The kernel, runc and shells; containerd and Docker where an image has no such build. In lower case. */
const SAYS_ARCHITECTURE =
  /\bexec format error\b|\bcannot execute binary file\b|\bno match(?:ing manifest)? for (?:platform|linux\/)|\bdoes not match the (?:detected|specified) (?:host )?platform\b|\bno (?:child|image) (?:with|found for) platform\b/;

/**
 * Names of arm64: of Go, GNU, GitHub's runners and AWS; AWS's families with a `g` behind their generation, Azure's sizes with a `p`, and
 * Google's machines of Ampere and Axion.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 * https://learn.microsoft.com/en-us/azure/virtual-machines/vm-naming-conventions
 */
const OF_ARM =
  /(?<![a-z\d])(?:arm_?64|aarch64|graviton\d?)(?![a-z\d])|\bruns-on:.{0,60}-arm\b|(?<![a-z\d])(?:[a-z]{1,3}\d{1,2}g(?:[den]|dn|en|b)?|a1)\.(?:nano|micro|small|medium|metal|\d{0,2}x?large)\b|\bstandard_[a-z]{1,2}\d{1,3}(?:-\d{1,3})?[a-oq-z]{0,2}p[a-z]{0,3}_v\d|(?<![a-z\d])(?:t2a|c4a|n4a)-(?:standard|highcpu|highmem)/i;
const OF_X86 =
  /(?<![a-z\d])(?:amd64|x86[-_]64)(?![a-z\d])|(?<![a-z\d])(?!a1\.)[a-z]{1,3}\d{1,2}(?!g)[a-z]{0,4}(?:-flex)?\.(?:nano|micro|small|medium|metal|\d{0,2}x?large)\b/i;

/** Empty where the failure does not say that a program is of another architecture, or where the change keeps it. */
export function otherArchitecture({ added, removed }: Sides, failure: string): string {
  if (!SAYS_ARCHITECTURE.test(failure)) return '';
  const [wasArm, isArm] = [OF_ARM.test(removed), OF_ARM.test(added)];
  const [wasX86, isX86] = [OF_X86.test(removed), OF_X86.test(added)];
  if (wasArm && wasX86 && isArm !== isX86)
    return `it no longer builds for ${isArm ? 'x86-64' : 'arm64'}, and the failure says that a program is not built for it`;
  if (isArm && !wasArm && !isX86)
    return 'it takes arm64 machines, and the failure says that a program is not built for them';
  if (wasArm && !isArm && isX86)
    return 'it takes x86-64 machines, and the failure says that a program is not built for them';
  return '';
}
