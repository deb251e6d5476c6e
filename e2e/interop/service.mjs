// Child processes of a test: started on a free loopback port, and stopped after it.
import { spawn } from 'node:child_process';
import http from 'node:http';
import { createServer } from 'node:net';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

/** The first start of an interpreter takes long on a busy machine. */
const startSeconds = 180;

const running = new Set();
const end = (signal) => running.forEach((child) => {
  try {
    // The whole process group, which includes the program's own children.
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
});
after(async () => {
  end('SIGTERM');
  for (let tries = 0; running.size && tries < 50; tries += 1) await pause(100);
  end('SIGKILL');
});
// Also when the test itself is stopped.
process.on('exit', () => end('SIGKILL'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

async function ends(child, signal) {
  if (running.has(child)) process.kill(-child.pid, signal);
  while (running.has(child)) await pause(50);
}

/** Ports that are free at the moment, all different. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  return ports;
}

/** `url` is the listening address: a loopback URL, or `unix:` and a path. */
const isHealthy = (url) => new Promise((resolve) => {
  const { host, port } = url.startsWith('unix:') ? { host: 'localhost' } : new URL(url);
  const to = port === undefined ? { socketPath: url.slice('unix:'.length) } : { host: '127.0.0.1', port };
  const request = http.get({ ...to, path: '/healthz', headers: { host }, agent: false, timeout: 5000 }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(false));
});

/**
 * Runs a shell command and waits until `<url>/healthz` answers 200. If the program ends before,
 * throws an error with its output.
 */
export async function startService(command, { url, cwd, env }) {
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output = (output + chunk).slice(-8000); });
  let ended;
  child.on('error', (cause) => { ended = cause.message; running.delete(child); });
  child.on('exit', (code, signal) => { ended ??= signal ?? `exit status ${code}`; running.delete(child); });
  for (const until = Date.now() + startSeconds * 1000; ;) {
    if (await isHealthy(url)) return { output: () => output, stops: () => ends(child, 'SIGTERM'), dies: () => ends(child, 'SIGKILL') };
    if (ended) throw new Error(`\`${command}\` ended (${ended}):\n${output}`);
    if (Date.now() > until) throw new Error(`\`${command}\` does not answer at ${url}/healthz after ${startSeconds} s:\n${output}`);
    await pause(200);
  }
}
