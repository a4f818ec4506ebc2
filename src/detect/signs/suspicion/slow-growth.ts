/** Causes that grow over days by themselves: when they are noticed says nothing about what was changed shortly before. */
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';

/**
 * POSIX' ENOSPC, Windows, PostgreSQL, MySQL (1114), Kafka, Elasticsearch, SQL Server (1105, 9002), Oracle (ORA-01652 and its kin,
 * ORA-00257), Db2 (SQL0289N), etcd, MinIO, RabbitMQ, quotas of file systems.
 */
const FULL_DISK =
  /no space left|\benospc\b|\bdisk ?(?:is )?full\b|not enough (?:free )?(?:disk )?space|could not extend file|disk quota exceeded|\bedquot\b|flood-?stage|disk_?watermark|filegroup is full|transaction log .{0,80}is full|disk resource limit alarm|disk at \d{2,3} % full|\bora-0(?:165[0-9]|1688|1691|1692|0257)\b|unable to (?:extend \w{1,20}|allocate new pages)|\bthe table \S{1,100} is full|database space exceeded|storage backend has reached/i;

/**
 * A disk that is full. Files pile up for days, and who happens to write next fails. A change is behind it only where it
 * writes more or takes room away.
 */
export function isFullDisk({ complaint, said = '' }: Pick<ChangeSymptoms, 'complaint' | 'said'>): boolean {
  return FULL_DISK.test(said) || FULL_DISK.test(complaint?.text ?? '');
}
