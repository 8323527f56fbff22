// Walks through the pages as people do them, against the real program and the example. Ends with a count.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Desk, EXAMPLE, browser, idle, page as openPage } from './desk.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AID = 'meridian-aid:MAS-1426';
const INSTITUTE = 'harbour-institute:HI-14-0044';
const MARKET = 'civil-protection:CP-016';
const WIRE = 'northline-wire:NW-140522-1';

function must(holds, what) {
  if (!holds) throw new Error(what);
}

function same(found, expected, what) {
  must(JSON.stringify(found) === JSON.stringify(expected), `${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

/** Everything that axe knows of WCAG 2.2 AA and finds wrong. It is put in from outside: the policy of the pages allows no other script. */
async function accessible(page, where) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).join('; ')}`);
  });
  same(found, [], `axe on ${where}`);
}

/** A browser of its own in which somebody is signed in. */
async function signedIn(context, desk, name, password) {
  const page = await openPage(await context.browser().newContext({ locale: 'en-GB' }), desk);
  await page.goto(desk.url);
  await page.getByRole('link', { name: 'Sign in' }).first().click();
  await page.getByLabel('Account').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

const total = (page) => page.locator('.totals strong').innerText();

const walks = {
  async 'the example is opened, the time line brushed, the market found'({ page, desk }) {
    await page.goto(desk.here);
    await idle(page);
    same(new URL(page.url()).pathname, '/', 'the key does not stay in the address');
    const all = await total(page);
    const line = page.locator('.timeline svg');
    const box = await line.boundingBox();
    await page.mouse.move(box.x + box.width * 0.85, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.95, box.y + 30, { steps: 6 });
    await page.mouse.up();
    await page.waitForFunction((all) => document.querySelector('.totals strong').textContent !== all, all);
    const address = new URL(page.url());
    must(address.searchParams.get('since') > '2014-04-01' && address.searchParams.get('until') < '2014-07-01', `the days are in the address: ${address}`);
    await page.getByLabel('Words').fill('urumqi');
    await page.getByLabel('Words').press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.list a.item').length <= 3);
    await page.locator('.list a.item', { hasText: '22 May 2014' }).click();
    await page.waitForSelector('.values');
    must((await page.locator('h1').innerText()).includes('Urumqi'), 'the page of the market');
    // Back is back to the same question.
    await page.goBack();
    await page.waitForSelector('.list a.item');
    same(await page.getByLabel('Words').inputValue(), 'urumqi', 'the filter after going back');
  },

  async 'three tolls that differ are read down to their words and rows'({ page, desk }) {
    await page.goto(`${desk.url}/incidents/${encodeURIComponent(MARKET)}`);
    const killed = page.locator('.values details', { hasText: 'killed, all' });
    await killed.first().waitFor();
    const told = await killed.locator('.value').allInnerTexts();
    must(told.some((it) => it.startsWith('43')) && told.some((it) => it.startsWith('39')) && told.some((it) => it.startsWith('31')), `three tolls: ${told}`);
    await killed.nth(2).locator('summary').click();
    const claims = await killed.nth(2).locator('.claims').allInnerTexts();
    must(claims.some((it) => it.includes('civil-protection.csv:') || it.includes('northline-wire.csv:')), `file and row: ${claims}`);
    same(await page.locator('table tbody tr').first().locator('th').innerText(), 'interval@1', 'profiles beside each other');
    must((await page.locator('.bars .sum.number').last().innerText()).match(/^[+−]\d/), 'the sum of the reasons');
  },

  async 'a pair is judged after its effect was shown, and taken back'({ page, desk }) {
    await page.goto(`${desk.url}/incidents/${encodeURIComponent(MARKET)}`);
    await page.getByLabel('Another').waitFor();
    await page.getByLabel('One report').selectOption(AID);
    await page.getByLabel('Another').selectOption(INSTITUTE);
    await page.getByText('They are not in one incident.').waitFor();
    await page.getByRole('button', { name: 'Same incident' }).click();
    await page.getByText('What it would change').waitFor();
    must(await page.getByRole('button', { name: 'Keep it' }).isDisabled(), 'a judgement without a reason is none');
    await page.locator('#because').fill('one market, one morning');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByText('j1 is kept.').waitFor();
    await page.getByText('They are in one incident.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('They are not in one incident.').waitFor();
    await page.goto(`${desk.url}/judgements`);
    await page.getByText('taken back by here').waitFor();
  },

  async 'a review is answered from the keyboard'({ page, desk }) {
    await page.goto(`${desk.url}/review`);
    await page.locator('.beside').waitFor();
    const pair = () => page.locator('.beside > strong').allInnerTexts();
    const first = await pair();
    await page.keyboard.press('k');
    await page.waitForFunction((first) => document.querySelector('.beside > strong + strong')?.textContent !== first[1] || document.querySelector('.beside > strong')?.textContent !== first[0], first);
    const second = await pair();
    await page.keyboard.press('d');
    await page.locator('#because').waitFor();
    await page.keyboard.type('two days, two places');
    await page.keyboard.press('Enter');
    await page.getByText(/j\d is kept/).waitFor();
    await page.waitForFunction((second) => [...document.querySelectorAll('.beside > strong')].map((it) => it.textContent).join() !== second.join(), second);
    await page.keyboard.press('z');
    await page.getByText(/j\d is taken back/).waitFor();
  },

  async 'a broken file is looked at, its doubts are told by row, and a good one is taken in'({ page, desk }) {
    await page.goto(`${desk.url}/sources`);
    const [choose, mapping] = [page.getByLabel('Choose a file'), page.getByLabel('Mapping (TOML)')];
    await choose.setInputFiles({ name: 'broken.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,"2') });
    await page.getByText('not-recognised').waitFor();
    const wire = readFileSync(join(EXAMPLE, 'northline-wire.csv'), 'utf8').split('\n').slice(0, 4);
    wire[2] = wire[2].replace('2013-10-21', 'a Tuesday').replace('Russia', '<img src=x onerror=alert(1)>');
    await choose.setInputFiles({ name: 'late.csv', mimeType: 'text/csv', buffer: Buffer.from(wire.join('\n')) });
    await mapping.setInputFiles(join(EXAMPLE, 'northline-wire.toml'));
    await page.getByText('What would be read').waitFor();
    must((await page.locator('main').innerText()).includes('a Tuesday'), 'the doubt names what was said');
    await page.getByText('The first reports').click();
    must((await page.locator('main').innerText()).includes('<img src=x onerror=alert(1)>'), 'text of sources is shown as text');
    await page.getByRole('button', { name: 'Take it in' }).click();
    await page.getByText('Taken in.').waitFor();
    await page.getByText('late.csv').first().waitFor();
  },

  async 'what a new version of a source changed is told report by report'({ page, desk }) {
    await page.goto(`${desk.url}/sources`);
    const source = page.locator('section.panel').filter({ hasText: 'harbour-institute-v2.csv' });
    await source.getByText('harbour-institute-v2.csv').click();
    await source.getByRole('button', { name: 'What changed, report by report' }).click();
    const revised = source.getByRole('row').filter({ hasText: 'harbour-institute:HI-13-0118' });
    same(await revised.locator('del').first().innerText(), '52', 'what was said before');
    must((await source.getByRole('table', { name: 'What changed' }).innerText()).includes('deleted'), 'what is gone is told');
    await accessible(page, 'what changed');
    await page.setViewportSize({ width: 360, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    must(wide <= 0, `what changed is ${wide} px too wide at 360 px`);
    await page.setViewportSize({ width: 1280, height: 900 });
  },

  async 'a file that no reader knows is mapped on the page, from a draft'({ page, desk }) {
    await page.goto(`${desk.url}/sources`);
    const rows = ['day,town,lat,lon,dead,suspect', '2031-03-01,North Market,10.5,20.25,3,x', '2031-03-02,Old Port,11.5,21.25,0,y', '2031-03-05,Old Port,11.6,21.2,1,z'];
    await page.getByLabel('Choose a file').setInputFiles({ name: 'unknown.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
    await page.getByRole('button', { name: 'Draft a mapping from its columns' }).click();
    const draft = page.getByRole('region', { name: 'A mapping for this file' });
    await draft.getByLabel('Who gathers it').fill('Harbour watch');
    await draft.getByLabel('The line that must travel').fill('Harbour watch, CC0');
    await draft.getByLabel('Licence class').selectOption('open-with-attribution');
    await draft.getByLabel('town: Read as').selectOption('place-name');
    must(!(await draft.locator('table').innerText()).includes('suspect'), 'a column about people is offered');
    await accessible(page, 'a mapping');
    await draft.getByRole('button', { name: 'Look at the file with it' }).click();
    await page.getByText('3 read = 3 reports + 0 set aside · 0 doubts Read by').waitFor();
    const columns = await page.locator('main').innerText();
    must(/town\s+read as place-name/.test(columns), 'the column is read as it was said');
    must(/suspect\s+refused/.test(columns), 'the column about people is refused');
  },

  async 'another account signs in and sees what it may, and a third sees nothing'({ context, desk }) {
    desk.run('member', 'add', 'a.sheaf', 'office', '--region', 'north', '--purposes', 'research');
    desk.run('member', 'add', 'a.sheaf', 'yard', '--region', 'south', '--purposes', 'policing');
    desk.run('share', 'a.sheaf', '--source', 'rail-safety-office', '--by', 'office', '--tlp', 'amber', '--purpose', 'research');
    const password = {};
    for (const name of ['office', 'yard']) {
      password[name] = desk.run('account', 'add', 'a.sheaf', name, '--member', name, '--read', 'all', '--role', 'reviewer');
    }
    for (const [name, incidents] of [['office', '6 incidents'], ['yard', null]]) {
      const fresh = await context.browser().newContext({ locale: 'en-GB' });
      const page = await openPage(fresh, desk);
      await page.goto(desk.url);
      await page.getByText('This pool holds nothing that you may see.').waitFor();
      await page.getByRole('link', { name: 'Sign in' }).first().click();
      await page.getByLabel('Account').fill(name);
      await page.getByLabel('Password').fill('not it');
      await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('The name or the password is not right.').waitFor();
      await page.getByLabel('Password').fill(password[name]);
      await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      if (incidents) {
        await page.getByText(incidents, { exact: true }).waitFor();
        await idle(page);
      } else {
        await page.getByText('This pool holds nothing that you may see.').waitFor();
        await page.goto(`${desk.url}/incidents/${encodeURIComponent(MARKET)}`);
        await page.getByText('no-such-report').waitFor();
      }
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
      same(page.failures, [], `${name}'s pages`);
      await fresh.close();
    }
  },

  async 'a request is sent, answered from the other organisation, and a third sees nothing of it'({ context, desk }) {
    const signIn = {};
    for (const [name, purpose] of [['wire', 'reporting'], ['rail', 'reporting'], ['third', 'policing']]) {
      desk.run('member', 'add', 'a.sheaf', name, '--region', 'north', '--purposes', purpose);
      signIn[name] = desk.run('account', 'add', 'a.sheaf', name, '--member', name, '--read', 'all', '--write', 'all', '--role', 'reviewer');
    }
    desk.run('share', 'a.sheaf', '--source', 'northline-wire', '--by', 'wire', '--tlp', 'green', '--purpose', 'reporting');
    const as = async (name) => {
      const fresh = await context.browser().newContext({ locale: 'en-GB' });
      const page = await openPage(fresh, desk);
      await page.goto(`${desk.url}/sign-in`);
      await page.getByLabel('Account').fill(name);
      await page.getByLabel('Password').fill(signIn[name]);
      await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      return page;
    };
    const [wire, rail, third] = [await as('wire'), await as('rail'), await as('third')];
    const path = `${desk.url}/incidents/${encodeURIComponent(WIRE)}`;
    await wire.goto(path);
    await wire.getByRole('button', { name: 'Take the lead' }).click();
    await wire.getByText('wire leads.').waitFor();
    await wire.getByLabel('Whom').last().selectOption('rail');
    await wire.getByLabel('What you need to know').fill('Ask Mr John Smith of the depot');
    await wire.getByRole('button', { name: 'Send' }).click();
    await wire.getByText('may name a person').waitFor();
    await wire.getByLabel('What you need to know').fill('Was the line closed, and until when?');
    await wire.getByRole('button', { name: 'Send' }).click();
    await wire.getByText('wire asks rail').waitFor();
    await wire.getByLabel('A remark for all members').fill('The second toll is of the next day.');
    await wire.locator('form').filter({ hasText: 'A remark for all members' }).getByRole('button').click();
    await wire.getByText('The second toll is of the next day.').waitFor();
    await accessible(wire, 'an incident with a request');

    await rail.getByRole('link', { name: 'My desk' }).click();
    await rail.getByText('Was the line closed, and until when?').waitFor();
    await accessible(rail, 'my desk');
    await rail.setViewportSize({ width: 360, height: 800 });
    const wide = await rail.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    must(wide <= 0, `my desk at 360 px is ${wide} px too wide`);
    await rail.getByLabel('Answer, refusal or remark').fill('Closed from 08:10 to 11:40.');
    await rail.getByRole('button', { name: 'Answer', exact: true }).click();
    await rail.getByRole('heading', { name: 'Ended' }).waitFor();

    await wire.reload();
    await wire.getByText('Closed from 08:10 to 11:40.').waitFor();
    await third.getByRole('link', { name: 'My desk' }).click();
    await third.getByText('Nothing waits for you.').waitFor();
    await third.goto(path);
    await third.getByText('is no report of this pool').waitFor();
    must(!(await third.locator('main').innerText()).includes('line closed'), 'a third reads the request');
    for (const page of [wire, rail, third]) {
      same(page.failures, [], 'failures');
      await page.context().close();
    }
  },

  async 'two people tell everybody of it; anyone reads it, corrects it without an account, and gets an answer'({ page, desk, context }) {
    const passwords = {};
    for (const [name, role] of [['ana', 'contributor'], ['ben', 'releaser']]) {
      passwords[name] = desk.run('account', 'add', 'a.sheaf', name, '--member', 'wire', '--read', 'all', '--write', 'all', '--role', role);
    }
    const ana = await signedIn(context, desk, 'ana', passwords.ana);
    await ana.goto(`${desk.url}/incidents/${encodeURIComponent(WIRE)}`);
    const asking = ana.locator('section').filter({ hasText: 'Nothing goes out before a second person' });
    await asking.getByLabel('Why').fill('all of it is confirmed');
    await asking.getByRole('button', { name: 'Ask for it' }).click();
    await asking.getByText('Somebody else of your organisation').waitFor();
    await accessible(ana, 'an incident that is asked to become public');
    const ben = await signedIn(context, desk, 'ben', passwords.ben);
    await ben.goto(`${desk.url}/my`);
    const release = ben.getByRole('article', { name: /^Release / });
    await release.getByText('ana asked').waitFor();
    await accessible(ben, 'a release that waits');
    await release.getByRole('button', { name: 'Make it public' }).click();
    await ben.getByRole('heading', { name: 'Public now' }).waitFor();
    for (const it of [ana, ben]) {
      same(it.failures, [], 'failures');
      await it.context().close();
    }
    const anyone = await openPage(await context.browser().newContext({ locale: 'en-GB' }), desk);
    await anyone.goto(desk.url);
    await anyone.getByRole('link', { name: 'Released' }).click();
    await anyone.getByText('released by wire').waitFor();
    await anyone.getByText('Is something wrong here?').click();
    await anyone.getByLabel('What is wrong').fill('Ask Mr John Smith of the depot');
    await anyone.getByRole('button', { name: 'Send the correction' }).click();
    await anyone.getByText('may name a person').waitFor();
    await anyone.getByLabel('What is wrong').fill('The toll was given as 43 on the next day.');
    await anyone.getByRole('button', { name: 'Send the correction' }).click();
    const code = await anyone.locator('.done code').innerText();
    await accessible(anyone, 'what was released');
    await anyone.setViewportSize({ width: 360, height: 800 });
    const wide = await anyone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    must(wide <= 0, `what was released at 360 px is ${wide} px too wide`);

    await page.goto(desk.here);
    await page.goto(`${desk.url}/review`);
    const waiting = page.locator('section').filter({ hasText: 'correction waits for our answer' });
    await waiting.getByText('The toll was given as 43').waitFor();
    await waiting.getByLabel('What came of it').selectOption('corrected');
    await waiting.getByLabel('The answer, in words').fill('Thank you; it now says so.');
    await accessible(page, 'a review with a correction');
    await waiting.getByRole('button', { name: 'Send the answer' }).click();
    await waiting.waitFor({ state: 'detached' });
    await anyone.getByLabel('The word you were shown').fill(code);
    await anyone.getByRole('button', { name: 'Open the answer' }).click();
    await anyone.getByText('Thank you; it now says so.').waitFor();
    same(anyone.failures, [], 'failures');
    await anyone.context().close();
  },

  async 'a wave is seen on the map, opened, and closed with a verdict; a member watches its line'({ context }) {
    const desk = await Desk.start({ wave: true });
    try {
      const fresh = await context.browser().newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
      const here = await openPage(fresh, desk);
      await here.goto(desk.here);
      await here.getByRole('link', { name: 'Early warning' }).click();
      const alarm = here.locator('article.alarm').filter({ hasText: 'within' });
      await alarm.getByText('Ford Road (Harbour line)').waitFor();
      await alarm.locator('svg.weeks rect.inside').first().waitFor();
      await idle(here);
      await accessible(here, 'early warning');
      await here.setViewportSize({ width: 360, height: 800 });
      const wide = await here.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      must(wide <= 0, `early warning at 360 px is ${wide} px too wide`);
      await here.setViewportSize({ width: 1280, height: 900 });
      await alarm.getByText('Acknowledge, assign, close').click();
      await alarm.getByLabel('It was').selectOption('hit');
      await alarm.getByLabel('Known without the alarm').fill('2031-10-30');
      await alarm.getByLabel('Why').fill('a wave');
      await alarm.getByRole('button', { name: 'Close' }).click();
      await here.getByText('1 hit').waitFor();
      await here.getByText('1 hit').waitFor();
      await here.goto(`${desk.url}/incidents/wire%3An158`);
      const sites = here.locator('section').filter({ hasText: 'Stations, airports, stops and ports' });
      await sites.getByText('Ford Road').waitFor();
      must(await sites.getByRole('button', { name: 'It is so' }).isDisabled(), 'nothing is said without a reason');
      await sites.getByLabel('Why').fill('the line was closed');
      await sites.getByLabel('What it has to do with it').selectOption('disrupted');
      await sites.getByRole('button', { name: 'It is so' }).click();
      await sites.getByText('the line was closed').waitFor();
      await accessible(here, 'an incident with a station');
      await here.getByRole('link', { name: 'Who knew' }).click();
      await here.getByRole('heading', { name: /^1\d\d incidents told/ }).waitFor();
      await accessible(here, 'who knew');

      desk.run('member', 'add', 'a.sheaf', 'wire', '--region', 'north', '--purposes', 'reporting');
      desk.run('member', 'add', 'a.sheaf', 'rail', '--region', 'east', '--purposes', 'reporting');
      const password = desk.run('account', 'add', 'a.sheaf', 'rail', '--member', 'rail', '--read', 'all', '--write', 'all', '--role', 'reviewer');
      desk.run('share', 'a.sheaf', '--source', 'wire', '--by', 'wire', '--tlp', 'green', '--purpose', 'reporting');
      const rail = await openPage(await context.browser().newContext({ locale: 'en-GB' }), desk);
      await rail.goto(`${desk.url}/sign-in`);
      await rail.getByLabel('Account').fill('rail');
      await rail.getByLabel('Password').fill(password);
      await rail.locator('form').getByRole('button', { name: 'Sign in' }).click();
      await rail.getByRole('button', { name: 'Sign out' }).waitFor();
      await rail.goto(`${desk.url}/?near-line=Harbour+line&near-km=9`);
      await rail.getByRole('link', { name: 'Be told of what is new here' }).click();
      await rail.getByLabel('What you call it').fill('Harbour line');
      same(await rail.getByLabel('Of which incidents').inputValue(), 'near-line=Harbour+line&near-km=9', 'the query');
      await rail.getByLabel('alarms with one of them in it').check();
      await rail.locator('#tell select').selectOption('email');
      await rail.getByText('This office has not opened that door.').waitFor();
      await rail.locator('#tell select').selectOption('feed');
      await rail.getByRole('button', { name: 'Begin' }).click();
      await rail.getByText('nothing yet; what was there before is not told').waitFor();
      await accessible(rail, 'my desk with a subscription');
      await rail.getByRole('button', { name: 'End it' }).click();
      await rail.getByText('You are told of nothing by itself.').waitFor();
      for (const page of [here, rail]) {
        same(page.failures, [], 'failures');
        await page.context().close();
      }
    } finally {
      await desk.stop();
    }
  },

  async 'axe finds nothing on any page, light or dark, wide or narrow'({ page, desk }) {
    const pages = ['/', `/incidents/${encodeURIComponent(MARKET)}`, '/review', '/judgements', '/sources', '/alarms', '/knew', '/public', '/about', '/sign-in', '/nothing', '/incidents/no%3Aone'];
    for (const [scheme, width] of [['light', 1440], ['dark', 360]]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      for (const path of pages) {
        await page.goto(`${desk.url}${path}`);
        await page.locator('main h1').waitFor();
        if (path === '/') await idle(page);
        await page.waitForLoadState('networkidle');
        await accessible(page, `${path}, ${scheme}, ${width} px`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        must(wide <= 0, `${path} at ${width} px is ${wide} px too wide`);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  },

  async 'written from right to left nothing is too wide, and axe finds nothing'({ page, desk }) {
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const path of ['/', `/incidents/${encodeURIComponent(MARKET)}`, '/review', '/alarms', '/public', '/sources']) {
      await page.goto(`${desk.url}${path}`);
      await page.locator('main h1').waitFor();
      await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
      await page.waitForLoadState('networkidle');
      const [wide, at] = await page.evaluate(() => [
        document.documentElement.scrollWidth - document.documentElement.clientWidth,
        document.querySelector('main h1').getBoundingClientRect().right - document.querySelector('main').getBoundingClientRect().right,
      ]);
      must(wide <= 0, `${path} from right to left is ${wide} px too wide`);
      must(Math.abs(at) < 60, `${path}: the heading does not begin at the right (${at} px off)`);
      await accessible(page, `${path} from right to left`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  },

  async 'the other language is complete on the page, and stays'({ page, desk }) {
    await page.goto(desk.url);
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Vorfälle' }).waitFor();
    same(await page.locator('html').getAttribute('lang'), 'de', 'the language of the document');
    await page.reload();
    await page.getByRole('heading', { name: 'Vorfälle' }).waitFor();
    await page.getByLabel('Sprache').selectOption('en');
  },

  async 'a desk that has gone away is told as such'({ page, desk }) {
    await page.goto(`${desk.url}/judgements`);
    await page.getByRole('heading', { name: 'Judgements' }).waitFor();
    desk.server.kill('SIGKILL');
    await page.getByRole('link', { name: 'Sources' }).click();
    await page.getByText('The desk does not answer.').waitFor();
  },
};

const desk = await Desk.start();
const chromium = await browser();
const context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
let failed = 0;
try {
  for (const [name, walk] of Object.entries(walks)) {
    const page = await openPage(context, desk);
    page.setDefaultTimeout(30_000);
    try {
      await walk({ page, desk, context });
      const gone = name.includes('gone away');
      same(gone ? [] : page.failures, [], 'what the browser said');
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n        ${String(error.message ?? error).split('\n').slice(0, 6).join('\n        ')}`);
      await page.screenshot({ path: join(desk.folder, '..', `sheaf-e2e-${failed}.png`) }).catch(() => {});
    }
    await page.close();
  }
} finally {
  await chromium.close();
  await desk.stop();
}
console.log(`${Object.keys(walks).length - failed} walks passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
