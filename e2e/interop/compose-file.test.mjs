// Networks of docker-compose.yml: who can reach whom (Q7). No containers are started here; `cargo
// xtask compose-test` does that.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
/** The file, with the defaults of all `${…:-default}` filled in. */
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8').replace(/\$\{\w+:-([^}]*)\}/g, '$1');
const { services, networks } = parse(text, { merge: true });

const networksOf = (name) => {
  const { networks: its = [] } = services[name];
  return Array.isArray(its) ? its : Object.keys(its);
};
const shared = (one, other) => networksOf(one).filter((network) => networksOf(other).includes(network));
const consumers = ['demo-service', 'lists-service'];
const auths = Object.keys(services).filter((name) => name.startsWith('auth-service'));

it('services reach auth-service through Caddy alone', () => {
  assert.equal(auths.length, 2);
  const others = Object.keys(services).filter((name) => !['caddy', 'database', 'migrate', ...auths].includes(name));
  for (const consumer of consumers) assert.ok(others.includes(consumer), consumer);
  for (const other of others) {
    for (const one of [...auths, 'database']) assert.deepEqual(shared(other, one), [], `${other} and ${one}`);
  }
  for (const one of [...auths, ...consumers]) assert.equal(shared('caddy', one).length, 1, one);
});

it('one service does not reach the other, and each has its own address and its own data', () => {
  assert.deepEqual(shared(...consumers), []);
  for (const what of [({ environment }) => environment.SERVICE_URL, ({ volumes }) => volumes[0]]) {
    const [one, other] = consumers.map((name) => what(services[name]));
    assert.notEqual(one, other);
  }
  for (const name of consumers) assert.ok(services['auth-service'].environment.SERVICES.includes(`=${services[name].environment.SERVICE_URL}`), name);
});

it('nobody but Caddy is reached from outside, and a service reaches nothing outside', () => {
  const published = Object.keys(services).filter((name) => services[name].ports);
  assert.deepEqual(published, ['caddy']);
  for (const port of services.caddy.ports) assert.match(port, /^127\.0\.0\.1:/);
  for (const network of consumers.flatMap(networksOf)) assert.equal(networks[network].internal, true, network);
});

it('auth-service believes the one address that Caddy has and nobody else can get', () => {
  const [{ subnet, ip_range: range, gateway }] = networks.auth.ipam.config;
  const isIn = (block, address) => {
    const list = new BlockList();
    const [network, prefix] = block.split('/');
    list.addSubnet(network, Number(prefix));
    return list.check(address);
  };
  const address = services.caddy.networks.auth.ipv4_address;
  for (const one of auths) assert.equal(services[one].environment.TRUSTED_PROXIES, address, one);
  assert.ok(isIn(subnet, address) && !isIn(range, address) && address !== gateway, 'others get theirs from another part');
  assert.deepEqual(auths.filter((one) => services[one].networks.auth?.ipv4_address), []);
});

it('services have the keys from a port of Caddy that gives nothing else and is not published', () => {
  const [address, ...others] = consumers.map((name) => services[name].environment.AUTH_JWKS);
  assert.deepEqual(others, [address]);
  const { hostname, port, pathname } = new URL(address);
  assert.deepEqual([hostname, pathname], ['caddy', '/.well-known/jwks.json']);
  assert.ok(services.caddy.ports.every((published) => !published.endsWith(`:${port}`)));
  const site = readFileSync(join(root, 'deploy/Caddyfile'), 'utf8').match(new RegExp(`\\nhttp://:${port} \\{\\n([^]*?)\\n\\}`))?.[1];
  assert.deepEqual(site?.trim().split(/\s*\n\s*/), ['route {', 'import no-upgrade', 'import keys', 'respond 404', '}']);
});
