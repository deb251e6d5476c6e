// Reverse proxies in front of auth-service: Caddy with deploy/Caddyfile, nginx with examples/nginx.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, runCommand } from './examples.mjs';
import { PATH } from './proxies.mjs';
import { startService } from './service.mjs';

const start = {
  async caddy(folder, { url, port, auth, demo, keys }) {
    const text = readFileSync(join(examples, '../deploy/Caddyfile'), 'utf8');
    writeFileSync(join(folder, 'Caddyfile'), text
      .replace('admin off', 'admin off\n\tdefault_bind 127.0.0.1')
      .replaceAll(':8080', `:${port}`).replaceAll(':8081', `:${keys}`).replaceAll('demo-service:8000', demo));
    return startService(runCommand('caddy'), { url, cwd: folder, env: { PATH, HOME: folder, AUTH_SERVICES: auth.join(' ') } });
  },
  async nginx(folder, { url, port, auth }) {
    cpSync(join(examples, 'nginx'), folder, { recursive: true });
    const rewrite = (file, change) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
    // One line of the upstream for each instance, as the example's README says.
    const line = (address) => `server ${address} max_fails=0;`;
    rewrite('conf.d/shared-login.conf', (text) => text.replace(line('unix:/run/auth-service/http.sock'), auth.map(line).join('\n')));
    for (const site of ['auth', 'wiki']) rewrite(`sites-enabled/${site}.conf`, (text) => text.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`));
    // As root, nginx would run its workers as a user who may not connect to our socket.
    if (process.getuid() === 0) rewrite('nginx.conf', (text) => `user root;\n${text}`);
    return startService(runCommand('nginx'), { url, cwd: folder, env: { PATH, PWD: folder } });
  },
};

/**
 * Starts a proxy in `folder`, with the addresses of `auth`'s instances. Resolves when auth-service
 * can be reached through it.
 */
export const startFrontDoor = (name, folder, addresses) => start[name](folder, addresses);
