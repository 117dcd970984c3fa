import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig({}, '/here')).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataFolder: '/here/.kilat',
      titleFolders: [],
      publicUrl: undefined,
      tls: undefined,
      trustProxy: false,
      logLevel: 'info',
    });
  });

  it('takes an empty variable for none', () =>
    expect(readConfig({ KILAT_PORT: '', KILAT_TLS_CERT: '' }, '/')).toMatchObject({ port: 8080 }));

  it('reads what is set, paths from the folder', () => {
    const environment = {
      KILAT_PORT: '0',
      KILAT_DATA: 'data',
      KILAT_TITLES: 'mine:/theirs:',
      KILAT_PUBLIC_URL: 'https://kilat.example/',
      KILAT_TLS_CERT: 'cert.pem',
      KILAT_TLS_KEY: '/key.pem',
      KILAT_TRUST_PROXY: '10.0.0.0/8,::1',
      KILAT_LOG_LEVEL: 'debug',
    };
    expect(readConfig(environment, '/here')).toMatchObject({
      port: 0,
      dataFolder: '/here/data',
      titleFolders: ['/here/mine', '/theirs'],
      publicUrl: 'https://kilat.example',
      tls: { certFile: '/here/cert.pem', keyFile: '/key.pem' },
      trustProxy: '10.0.0.0/8,::1',
      logLevel: 'debug',
    });
    expect(readConfig({ KILAT_TRUST_PROXY: 'yes', KILAT_METRICS_PUBLIC: '1' }, '/')).toMatchObject({
      trustProxy: true,
      metricsPublic: true,
    });
  });

  it.each([
    [{ KILAT_PORT: 'http' }, /KILAT_PORT \(http\): is not a number/],
    [{ KILAT_PORT: '70000' }, /KILAT_PORT \(70000\)/],
    [{ KILAT_PUBLIC_URL: 'ftp://x' }, /KILAT_PUBLIC_URL \(ftp:\/\/x\): is not an http or https address/],
    [{ KILAT_PUBLIC_URL: 'https://x.example/kilat' }, /KILAT_PUBLIC_URL .*: has a path/],
    [{ KILAT_PUBLIC_URL: 'https://x.example/?kilat' }, /KILAT_PUBLIC_URL .*: has a path/],
    [{ KILAT_LOG_LEVEL: 'loud' }, /KILAT_LOG_LEVEL \(loud\): is none of/],
    [{ KILAT_TRUST_PROXY: 'perhaps' }, /KILAT_TRUST_PROXY \(perhaps\)/],
    [{ KILAT_TRUST_PROXY: '10.0.0.0/99' }, /KILAT_TRUST_PROXY \(10.0.0.0\/99\)/],
    [{ KILAT_TLS_KEY: 'key.pem' }, /belong together/],
    [{ KILAT_PORT: 'x', KILAT_LOG_LEVEL: 'y' }, /KILAT_PORT.*KILAT_LOG_LEVEL/],
  ])('names the setting that cannot be used: %j', (environment, words) => {
    expect(() => readConfig(environment, '/')).toThrow(words);
  });
});
