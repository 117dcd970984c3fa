import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RelayBounds } from './messages.ts';
import { type Call, outcomeOf } from './testing/caller.ts';
import { tcpServer, udpServer } from './testing/host-servers.ts';
import { call, kept, open, tcpTo, why } from './testing/open-network.ts';

const here = test.skipIf(why !== undefined);

here('a title reaches its targets by TCP and UDP, and neither another port nor another host', async () => {
  const [tcp, udp, other] = await Promise.all([kept(tcpServer()), kept(udpServer()), kept(tcpServer())]);
  const asked = [`127.0.0.1:${tcp.port}`, `127.0.0.1:${udp.port}/udp`];
  const { network, said } = await open(asked, asked.join());
  expect(
    await call(
      network,
      tcpTo(tcp),
      tcpTo(udp, { protocol: 'udp', text: 'hey' }),
      tcpTo(other),
      tcpTo(tcp, { host: '9.9.9.9' }),
      tcpTo(tcp, { host: '9.9.9.9', protocol: 'udp' }),
    ),
  ).toEqual(['hello', expect.stringMatching(/^hey@\d+$/), 'ECONNREFUSED', 'ENETUNREACH', 'ENETUNREACH']);
  expect([other.calls, said]).toEqual([0, []]);
});

const hasV6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';
here('an address outside stands for itself, its other ports and its neighbours are not there', async () => {
  // Addresses of documentation: listened for, but refused before anybody outside is asked.
  const { network, said } = await open(['203.0.113.7:9', ...(hasV6 ? ['[2001:db8::7]:9'] : [])], '*');
  const calls = (...hosts: string[]) =>
    hosts.flatMap((host) => [9, 10].map((port): Call => ({ protocol: 'tcp', host, port, text: '' })));
  const found = ['ECONNRESET', 'ECONNREFUSED'];
  const absent = ['ENETUNREACH', 'ENETUNREACH'];
  expect(await call(network, ...calls('203.0.113.7', '203.0.113.8'))).toEqual([...found, ...absent]);
  expect(said).toEqual([expect.stringContaining('203.0.113.7:9 leads to 203.0.113.7, inside')]);
  if (!hasV6) return;
  expect(await call(network, ...calls('2001:db8::7', '2001:db8::8'))).toEqual([
    ...found,
    ...absent.map(() => expect.stringMatching(/^(ENETUNREACH|EADDRNOTAVAIL)$/)),
  ]);
});

here('much is carried whole, at the pace of whoever is slower, and a side that closed still hears', async () => {
  const slow = await kept(
    tcpServer((socket) => {
      let heard = 0;
      socket.on('data', (chunk) => {
        heard += chunk.length;
        socket.pause();
        setTimeout(() => socket.resume(), 1);
      });
      socket.on('end', () => socket.end(`heard ${heard}`));
    }),
  );
  const echo = await kept(tcpServer());
  const asked = [`127.0.0.1:${slow.port}`, `127.0.0.1:${echo.port}`];
  const { network } = await open(asked, '*,127.0.0.1:*');
  const text = '0123456789abcdef'.repeat(64);
  const [MB, sentMb] = [2 ** 20, 128];
  const usedMb = (figure: 'VmRSS' | 'VmHWM') =>
    Number(
      new RegExp(`^${figure}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${network.relayPid}/status`, 'utf8'))?.[1],
    ) / 1024;
  const beforeMb = usedMb('VmRSS');
  expect(
    await call(network, tcpTo(slow, { text, times: sentMb * 1024 }), tcpTo(echo, { text, times: 8 * 1024 })),
  ).toEqual([`heard ${sentMb * MB}`, outcomeOf(text.repeat(8 * 1024))]);
  console.log(`the relay used ${beforeMb.toFixed(0)} MB, then at most ${usedMb('VmHWM').toFixed(0)} MB`);
  expect(usedMb('VmHWM') - beforeMb).toBeLessThan(sentMb / 2);
});

here('a connection that one side closed and the other never does is over after a while', async () => {
  const silent = await kept(tcpServer((socket) => socket.resume()));
  const { network } = await open([`127.0.0.1:${silent.port}`], '127.0.0.1:*', { bounds: { halfClosedMs: 100 } });
  expect(await call(network, tcpTo(silent))).toEqual(['']);
});

here('a target that is not there resets the connection, and is said once', async () => {
  const gone = await tcpServer();
  gone.close();
  const { network, said } = await open([`127.0.0.1:${gone.port}`], `127.0.0.1:${gone.port}`);
  expect(await call(network, tcpTo(gone), tcpTo(gone))).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(said).toEqual([`127.0.0.1:${gone.port} could not be reached (ECONNREFUSED).`]);
  await network.close();
  expect(said[1]).toContain('0 connections and 0 UDP flows were made, 0 refused, 2 not reached');
});

here('a name that leads inside goes nowhere unless the list names that address', async () => {
  const [tcp, udp] = await Promise.all([kept(tcpServer()), kept(udpServer())]);
  const asked = [`localhost:${tcp.port}`, `localhost:${udp.port}/udp`];
  const refused = await open(asked, '*,localhost:*,localhost:*/udp');
  const calls = [tcpTo(tcp), tcpTo(udp, { protocol: 'udp' })];
  expect(await call(refused.network, ...calls)).toEqual(['ECONNRESET', 'silence']);
  expect([tcp.calls, udp.calls]).toEqual([0, 0]);
  expect(refused.said).toHaveLength(2);
  for (const words of refused.said) expect(words).toMatch(/^localhost:\d+(\/udp)? leads to .*127\.0\.0\.1.*, inside/);
  const named = await open(asked, '*,127.0.0.1:*,127.0.0.1:*/udp');
  expect(await call(named.network, ...calls)).toEqual(['hello', expect.stringMatching(/^hello@/)]);
});

here('no more connections than the bound are made, and others go on', async () => {
  const held: (() => void)[] = [];
  const server = await kept(
    tcpServer((socket) => {
      held.push(() => socket.end('ok'));
      if (held.length === 2) for (const release of held.splice(0)) release();
    }),
  );
  const { network, said } = await open([`127.0.0.1:${server.port}`], '127.0.0.1:*', { bounds: { connections: 2 } });
  const outcomes = await call(network, tcpTo(server), tcpTo(server), tcpTo(server));
  expect(outcomes.sort()).toEqual(['ECONNRESET', 'ok', 'ok']);
  expect(said).toEqual([expect.stringContaining('It may have 2 connections at a time')]);
  expect(await call(network, tcpTo(server), tcpTo(server))).toEqual(['ok', 'ok']);
});

here('each port of a title has a UDP flow of its own until it is idle or another needs its place', async () => {
  const server = await kept(udpServer());
  const asked = [`127.0.0.1:${server.port}/udp`];
  // One asks, then another port does, then the first again. The answers tell from which port of the host they came.
  const ports = async (bounds: Partial<RelayBounds>) => {
    const { network, said } = await open(asked, asked.join(), { bounds });
    const ask = (text: string, more: Partial<Call>) => tcpTo(server, { protocol: 'udp', text, ...more });
    const heard = await call(network, ask('a', { times: 2, gapMs: 1_000 }), ask('b', { afterMs: 500 }));
    const answers = heard.join(' ').split(' ');
    expect(answers.map((answer) => answer.split('@')[0])).toEqual(['a', 'a', 'b']);
    const [first, later, other] = answers.map((answer) => answer.split('@')[1]);
    return { first, later, other, said };
  };
  const usual = await ports({});
  expect([usual.later === usual.first, usual.other === usual.first, usual.said]).toEqual([true, false, []]);
  const soonIdle = await ports({ flowIdleMs: 100 });
  expect(soonIdle.later === soonIdle.first).toBe(false);
  const single = await ports({ flows: 1 });
  expect(single.later === single.first).toBe(false);
  expect(single.said).toEqual([expect.stringContaining('It may have 1 UDP flows at a time')]);
});
