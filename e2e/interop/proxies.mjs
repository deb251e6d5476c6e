// Starts nginx and Caddy as examples/nginx and examples/caddy say, on other ports and in a
// temporary folder.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { examples, runCommand } from './examples.mjs';
import { startService } from './service.mjs';

/** Where Debian keeps nginx is not on everybody's PATH. */
export const PATH = [process.env.PATH, '/usr/sbin', '/usr/bin'].join(delimiter);
const packages = { nginx: 'nginx-light', caddy: 'caddy' };

export const names = Object.keys(packages);

/** Reason to skip a proxy, or false. */
export function notInstalled(name) {
  const isThere = PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
  return isThere ? false : `${name} is not installed (Debian: \`apt-get install ${packages[name]}\`)`;
}

/** How each learns other addresses than those in its example, and who may come in; answers the environment that it is started with. */
const moves = {
  // Its configuration knows no variables for this: what a reader would write anew is written anew.
  nginx(folder, { port, http2Port, auth, wiki, mayEnter }) {
    // HTTP/2 without TLS, which nginx speaks on a port of its own.
    const listens = `listen 127.0.0.1:${port};${http2Port ? ` listen 127.0.0.1:${http2Port} http2;` : ''}`;
    const changes = [['listen 127.0.0.1:8080;', listens], ['$may_enter ""', `$may_enter "${mayEnter ?? ''}"`], ['unix:/run/auth-service/http.sock', auth], ['127.0.0.1:9000', wiki], ['127.0.0.1:8080', `127.0.0.1:${port}`], [':8080', `:${port}`]];
    for (const file of ['conf.d/shared-login.conf', 'sites-enabled/auth.conf', 'sites-enabled/wiki.conf']) {
      const text = readFileSync(join(folder, file), 'utf8');
      writeFileSync(join(folder, file), changes.reduce((changed, [from, to]) => changed.replaceAll(from, to), text));
    }
    // As root it would serve as somebody who may neither read our folders nor connect to a socket of ours.
    if (process.getuid() === 0) writeFileSync(join(folder, 'nginx.conf'), `user root;\n${readFileSync(join(folder, 'nginx.conf'), 'utf8')}`);
  },
  caddy(folder, { port, http2Port, auth, wiki, mayEnter }) {
    const file = join(folder, 'Caddyfile');
    if (http2Port) writeFileSync(file, readFileSync(file, 'utf8').replace('admin off', 'admin off\n\tservers {\n\t\tprotocols h1 h2c\n\t}'));
    return {
      PORT: `${port}`, AUTH_SERVICE: auth.replace(/^unix:/, 'unix/'), WIKI: wiki, HOME: folder,
      ...(mayEnter && { QUESTION: `/auth/verify${mayEnter}` }),
    };
  },
};

/** Starts a copy of the example in `folder` with the command of its README; answers the address of the site. */
export async function startProxy(name, folder, addresses) {
  cpSync(join(examples, name), folder, { recursive: true });
  const url = `http://wiki.sso.localhost:${addresses.port}`;
  await startService(runCommand(name), { url, cwd: folder, env: { PATH, PWD: folder, ...moves[name](folder, addresses) } });
  return url;
}
