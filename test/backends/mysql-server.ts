/** Starts a real MySQL or MariaDB with an empty set of databases, on a free loopback port. */
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { binary, freePort, type Running, runHere, startProcess } from './servers.ts';

export type MysqlProduct = 'mysql' | 'mariadb';

/** `url` is the address for a user with a password, as `MYSQL_STATISTICS_URL` has it. */
export type Mysql = Running &
  Readonly<{
    url(user: string, password?: string, database?: string): string;
    /** A session of the user, without a password. It has to be ended. */
    opened(user: string, database?: string): Promise<Connection>;
  }>;

const PROGRAMS = {
  // Debian's MariaDB is on PATH as mysqld, too.
  mysql: { server: 'mysql/mysqld', installer: 'mysql/mysqld' },
  mariadb: { server: 'mariadbd', installer: 'mariadb-install-db' },
} as const;

/** Undefined where the product is not there. */
export async function startMysql(
  folder: string,
  product: MysqlProduct,
  settings: Readonly<Record<string, string | number>>,
): Promise<Mysql | undefined> {
  const { server, installer } = PROGRAMS[product];
  const [program, install] = [await binary(server), await binary(installer)];
  if (program === undefined || install === undefined) return undefined;
  const own = join(folder, product);
  await mkdir(own, { recursive: true });
  const [data, user] = [`--datadir=${join(own, 'data')}`, `--user=${userInfo().username}`];
  const first =
    product === 'mysql' ? ['--initialize-insecure'] : ['--auth-root-authentication-method=normal', '--skip-test-db'];
  // `--no-defaults` has to be the first argument: nobody's own my.cnf changes what is tested.
  await runHere(install, ['--no-defaults', data, user, ...first]);
  const port = await freePort();
  const given = {
    ...{
      port,
      bind_address: '127.0.0.1',
      secure_file_priv: own,
      socket: join(own, 'socket'),
      pid_file: join(own, 'pid'),
    },
    ...{ performance_schema: 'ON', innodb_flush_log_at_trx_commit: 0, innodb_buffer_pool_size: '32M' },
    ...(product === 'mysql' && { mysqlx: 'OFF' }),
    ...settings,
  };
  const opened = (name: string, database = '') =>
    createConnection({ host: '127.0.0.1', port, user: name, ...(database !== '' && { database }) });
  const ready = async () => {
    try {
      const connection = await opened('root');
      await connection.end();
      return true;
    } catch {
      return false;
    }
  };
  const args = ['--no-defaults', data, user, ...Object.entries(given).map(([name, value]) => `--${name}=${value}`)];
  const running = await startProcess(program, args, { name: product, folder: own, ready, environment: {} });
  const url = (name: string, password = '', database = '') => {
    const who = password === '' ? name : `${name}:${encodeURIComponent(password)}`;
    return `mysql://${who}@127.0.0.1:${port}/${database}?sslmode=disable`;
  };
  return { url, opened, stop: running.stop };
}
