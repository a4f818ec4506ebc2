/** Causes that grow over days by themselves: when they are noticed says nothing about what was changed shortly before. */
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';

/** POSIX' ENOSPC, Windows, PostgreSQL, MySQL, Kafka, Elasticsearch, SQL Server (1105, 9002), RabbitMQ, quotas of file systems. */
const FULL_DISK =
  /no space left|\benospc\b|\bdisk ?(?:is )?full\b|not enough (?:free )?(?:disk )?space|could not extend file|disk quota exceeded|\bedquot\b|flood-?stage|disk_?watermark|filegroup is full|transaction log .{0,80}is full|disk resource limit alarm|disk at \d{2,3} % full/i;

/**
 * A disk that is full. Files pile up for days, and who happens to write next fails. A change is behind it only where it
 * writes more or takes room away.
 */
export function isFullDisk({ complaint, said = '' }: Pick<ChangeSymptoms, 'complaint' | 'said'>): boolean {
  return FULL_DISK.test(said) || FULL_DISK.test(complaint?.text ?? '');
}
