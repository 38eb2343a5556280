// nginx on loopback, for benchmarks that need mirrors which cost little themselves.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export function hasNginx() {
  return spawnSync('which', ['nginx']).status === 0;
}

/** Starts one nginx with `servers` (blocks of its configuration) from a folder that it may write to; gives what stops it. */
export function startNginx(folder, servers) {
  fs.chmodSync(folder, 0o755); // started by root it reads as nobody
  const configuration = path.join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n');
  fs.writeFileSync(
    configuration,
    `worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
${temporary}
${servers.join('\n')}}
`,
  );
  // Its output is not read: the daemon would keep the pipe open.
  const started = spawnSync('nginx', ['-c', configuration], { stdio: 'ignore' });
  if (started.status !== 0) throw new Error(`nginx does not start with ${configuration}`);
  return () => void spawnSync('nginx', ['-c', configuration, '-s', 'stop'], { stdio: 'ignore' });
}

/** Ports that nothing listens on at this moment. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer());
  await Promise.all(servers.map((server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
