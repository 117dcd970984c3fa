import { AllowedHosts } from '../network-setting.ts';
import { TitleNetwork } from '../title-network.ts';

// Opens a network as a session process does, and is there to be killed.
const target = { protocol: 'tcp', kind: 'ipv4', host: '127.0.0.1', port: 9 } as const;
const network = await TitleNetwork.open({ targets: [target], allowed: AllowedHosts.parse('*') }, () => {});
console.log(network.relayPid);
setInterval(() => {}, 1000);
