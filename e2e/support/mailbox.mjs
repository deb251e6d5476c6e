// The mailbox of the people in a test: the folder in which the services' letters land.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { mail } from './env.mjs';
import { comesTrue } from './person.mjs';
import { rememberSecret } from './secrets.mjs';

const read = new Set();

async function unread(address) {
  if (!existsSync(mail)) return undefined;
  // Their names are ids that sort by time.
  for (const name of readdirSync(mail).filter((file) => file.endsWith('.eml') && !read.has(file)).sort()) {
    const letter = await PostalMime.parse(readFileSync(join(mail, name)));
    if (letter.to[0].address === address) return { name, letter };
  }
  return undefined;
}

/** The next letter to this address, with its link and its code. Waits until it is there. */
export async function letterTo(address) {
  let found;
  await comesTrue(async () => { found = await unread(address); return Boolean(found); });
  if (!found) throw new Error(`no letter for ${address} came`);
  read.add(found.name);
  const { subject, text, html } = found.letter;
  const link = text.match(/^https?:\S+/m)?.[0];
  const token = link && new URL(link).searchParams.get('token');
  if (token) rememberSecret('link', token);
  return { subject, text, html, link, code: text.match(/^\d{6}$/m)?.[0] };
}
