import type { Page } from 'playwright-core';
import { onTestFinished, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { startKilat } from './kilat.ts';
import { newPlayer, play } from './play-page.ts';
import { until } from './until.ts';

declare global {
  interface Window {
    connections: { offers: number; connection: RTCPeerConnection }[];
  }
}

/** Notes the page's connections that were offered something, and how often; install before the page's own scripts. */
function watchConnections(): void {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  window.connections = [];
  RTCPeerConnection.prototype.setRemoteDescription = function (this: RTCPeerConnection, description) {
    const known = window.connections.find(({ connection }) => connection === this);
    if (known === undefined) window.connections.push({ offers: 1, connection: this });
    else known.offers += 1;
    return Reflect.apply(setRemoteDescription, this, [description]) as Promise<void>;
  };
}

/** What the page's connection has sent of its silence, and the round trips it knows by it. */
const silence = (page: Page) =>
  page.evaluate(async () => {
    let [packetsSent, roundTrips] = [0, 0];
    for (const entry of (await window.connections[0]?.connection.getStats())?.values() ?? []) {
      if (entry.type === 'outbound-rtp') packetsSent = entry.packetsSent;
      if (entry.type === 'remote-inbound-rtp') roundTrips = entry.roundTripTimeMeasurements;
    }
    return { packetsSent, roundTrips };
  });

test('one connection carries it all: negotiated once, it learns its round trip by a little silence', async () => {
  const kilat = await startKilat({ slots: 1 });
  onTestFinished(() => kilat.close());
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await newPlayer(browser);
  await page.addInitScript(watchConnections);

  await play(page, kilat.url, 'latency-probe');
  const offers = () => page.evaluate(() => window.connections.map(({ offers }) => offers));
  // The section of mediasoup's bandwidth probes follows when the picture is there.
  await until('a second offer, for the probes', async () => String(await offers()) === '2');

  await page.mouse.click(640, 360);
  // The reports go on after the packets: one round trip more, and not a packet.
  let last = await silence(page);
  await until('round trips without packets', async () => {
    const now = await silence(page);
    const ceased = now.packetsSent > 0 && now.packetsSent === last.packetsSent;
    if (now.roundTrips <= last.roundTrips) return false;
    last = now;
    return ceased;
  });
});
