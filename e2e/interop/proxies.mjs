// Starts nginx and Caddy as examples/nginx and examples/caddy say, on other ports and in a
// temporary folder.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { examples, runCommand } from './examples.mjs';
import { startService } from './service.mjs';

/** Debian installs nginx in a folder that is not on every PATH. */
export const PATH = [process.env.PATH, '/usr/sbin', '/usr/bin'].join(delimiter);
const packages = { nginx: 'nginx-light', caddy: 'caddy' };

export const names = Object.keys(packages);

/** Reason to skip a proxy, or false. */
export function notInstalled(name) {
  const isThere = PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
  return isThere ? false : `${name} is not installed (Debian: \`apt-get install ${packages[name]}\`)`;
}

/** Change the example's addresses and access rule. Each returns more environment variables for its proxy. */
const moves = {
  // nginx's configuration has no variables for this, so the files are rewritten as a reader would
  // do by hand.
  nginx(folder, { port, http2Port, auth, wiki, mayEnter }) {
    // HTTP/2 without TLS needs a port of its own in nginx.
    const listens = `listen 127.0.0.1:${port};${http2Port ? ` listen 127.0.0.1:${http2Port} http2;` : ''}`;
    const changes = [['listen 127.0.0.1:8080;', listens], ['$may_enter ""', `$may_enter "${mayEnter ?? ''}"`], ['unix:/run/auth-service/http.sock', auth], ['127.0.0.1:9000', wiki], ['127.0.0.1:8080', `127.0.0.1:${port}`], [':8080', `:${port}`]];
    for (const file of ['conf.d/shared-login.conf', 'sites-enabled/auth.conf', 'sites-enabled/wiki.conf']) {
      const text = readFileSync(join(folder, file), 'utf8');
      writeFileSync(join(folder, file), changes.reduce((changed, [from, to]) => changed.replaceAll(from, to), text));
    }
    // As root, nginx would run its workers as a user who may neither read our folders nor connect
    // to our socket.
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

/** Starts a copy of the example in `folder` with the command of its README. Returns the site's URL. */
export async function startProxy(name, folder, addresses) {
  cpSync(join(examples, name), folder, { recursive: true });
  const url = `http://wiki.sso.localhost:${addresses.port}`;
  await startService(runCommand(name), { url, cwd: folder, env: { PATH, PWD: folder, ...moves[name](folder, addresses) } });
  return url;
}
