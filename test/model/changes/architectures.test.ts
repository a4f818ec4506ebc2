/** Machines for which a program is not built, and changes that keep the architecture. */
import { describe, expect, test } from 'vitest';
import { otherArchitecture } from '#model/changes/architectures.ts';

const KERNEL = 'exec /srv/tides: exec format error';
const REGISTRY = 'no matching manifest for linux/arm64/v8 in the manifest list entries';
const ARM = 'it takes arm64 machines, and the failure says that a program is not built for them';

describe('machines of another architecture', () => {
  test.each([
    ['AWS', 'instance_types = ["c6i.large"]', 'instance_types = ["c7gn.large"]', KERNEL],
    ['an image of AWS', 'ami_type = "AL2_x86_64"', 'ami_type = "AL2_ARM_64"', KERNEL],
    ['Azure', 'vm_size = "Standard_D4s_v5"', 'vm_size = "Standard_D4ps_v5"', REGISTRY],
    ['Google', 'machine_type = "n2-standard-4"', 'machine_type = "t2a-standard-4"', KERNEL],
    ['a label of nodes', 'kubernetes.io/arch: amd64', 'kubernetes.io/arch: arm64', KERNEL],
  ])('%s', (_, removed, added, failure) => {
    expect(otherArchitecture({ removed, added }, failure)).toBe(ARM);
  });

  test.each(['t3a.small', 't3.small', 'm7i-flex.large', 'g4dn.xlarge'])('and back: %s', (type) => {
    const sides = { removed: 'instance_types = ["t4g.small"]', added: `instance_types = ["${type}"]` };
    expect(otherArchitecture(sides, KERNEL)).toContain('x86-64 machines');
  });

  test('an image that is no longer built for one of both', () => {
    const sides = { removed: 'platforms: linux/amd64,linux/arm64', added: 'platforms: linux/amd64' };
    expect(otherArchitecture(sides, REGISTRY)).toContain('no longer builds for arm64');
  });

  test.each([
    ['a larger machine of the same kind', 'types = ["m6i.large"]', 'types = ["m6i.2xlarge"]', KERNEL],
    ['disks beside the processor', 'types = ["m6i.large"]', 'types = ["m6id.large"]', KERNEL],
    ['both at once', 'arch: ["amd64"]', 'arch: ["amd64", "arm64"]', 'no space left on device'],
    ['another failure', 'types = ["c6i.large"]', 'types = ["c7g.large"]', 'exec /srv/tides: no such file or directory'],
  ])('not %s', (_, removed, added, failure) => {
    expect(otherArchitecture({ removed, added }, failure)).toBe('');
  });
});
